"""A small IMAP server (asyncio, in a thread of its own) whose faults a test can script.

It knows one user with one folder tree and enough of RFC 3501, IDLE, UIDPLUS, MOVE, SASL-IR
and XOAUTH2 for a mail client that fetches. Faults are fields of ``ImapServer``.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.services import find_free_port
from tests.services.imap_session import Session


@dataclass
class Mail:
    """One mail of a folder."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)
    arrived: str = "17-Jul-2026 02:44:25 +0000"


@dataclass
class Mailbox:
    """A folder; ``uid_next`` is the next UID that it gives."""

    uid_validity: int = 1
    uid_next: int = 1
    mails: list[Mail] = field(default_factory=list)

    def add(self, raw: bytes, *, uid: int | None = None) -> Mail:
        mail = Mail(self.uid_next if uid is None else uid, raw)
        self.uid_next = max(self.uid_next, mail.uid + 1)
        self.mails.append(mail)
        self.mails.sort(key=lambda one: one.uid)
        return mail


@dataclass
class ImapServer:
    """The running server: what it holds, what it saw, and which faults it shows.

    ``cut_after``: bytes of a FETCH answer after which the connection is cut, once for each
    number in the list. ``cut_on_uid``: UIDs in whose body every connection is cut.
    ``refuse_uids``: UIDs for which FETCH says NO. ``stall_on``: commands that are never
    answered. ``stall_on_uid``: UIDs in whose body the server falls silent.
    ``silent_idle``: IDLE tells of nothing. ``idle_drops``: connections cut at IDLE, a count.
    ``byte_seconds``: the pause after each byte of a body.
    """

    port: int
    user: str = "service@test.local"
    password: str = "secret"
    access_tokens: set[str] = field(default_factory=set)
    capabilities: list[str] = field(
        default_factory=lambda: ["IMAP4rev1", "SASL-IR", "IDLE", "UIDPLUS", "MOVE", "ID"]
    )
    folders: dict[str, Mailbox] = field(default_factory=lambda: {"INBOX": Mailbox()})
    tls: ssl.SSLContext | None = None
    cut_after: list[int] = field(default_factory=list)
    cut_on_uid: set[int] = field(default_factory=set)
    refuse_uids: set[int] = field(default_factory=set)
    stall_on: set[str] = field(default_factory=set)
    stall_on_uid: set[int] = field(default_factory=set)
    silent_idle: bool = False
    idle_drops: int = 0
    byte_seconds: float = 0.0
    needs_id: bool = False
    injected: bytes = b""
    commands: list[str] = field(default_factory=list)
    sessions: set[Session] = field(default_factory=set)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    @property
    def inbox(self) -> Mailbox:
        return self.folders["INBOX"]

    @property
    def url(self) -> str:
        """Its address as an account's ``incoming`` value."""
        user = self.user.replace("@", "%40")
        return f"imap://{user}:{self.password}@127.0.0.1:{self.port}"

    def deliver(self, raw: bytes, *, uid: int | None = None) -> Mail:
        """Put a mail into the inbox and tell those who wait in IDLE."""
        return self.run(self._deliver(raw, uid))

    def drop_connections(self) -> None:
        """Cut every connection."""
        self.run(self._drop())

    def count(self, command: str) -> int:
        """How many commands began with these words."""
        return sum(one.startswith(command) for one in self.commands)

    async def _deliver(self, raw: bytes, uid: int | None) -> Mail:
        mail = self.inbox.add(raw, uid=uid)
        for session in list(self.sessions):
            session.tell()
        return mail

    async def _drop(self) -> None:
        for session in list(self.sessions):
            session.abort()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Have the server's own thread do something."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)


@contextlib.contextmanager
def running_imap(
    port: int = 0, *, tls: ssl.SSLContext | None = None, implicit_tls: bool = False
) -> Iterator[ImapServer]:
    """Yield a server that listens; ``tls`` offers STARTTLS, or is spoken from the start."""
    server = ImapServer(port or find_free_port(), tls=None if implicit_tls else tls)
    thread = threading.Thread(target=server.loop.run_forever, daemon=True)
    thread.start()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Session(server, reader, writer).run()

    async def end() -> None:
        listener.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    spoken = tls if implicit_tls else None
    listener = server.run(
        asyncio.start_server(talk, "127.0.0.1", server.port, ssl=spoken, limit=1 << 20)
    )
    try:
        yield server
    finally:
        server.run(end())
        server.loop.call_soon_threadsafe(server.loop.stop)
        thread.join(10)
        server.loop.close()
