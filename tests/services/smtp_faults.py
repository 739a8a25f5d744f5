"""A small SMTP server (asyncio, in a thread of its own) that misbehaves where a test says.

Stages are ``GREETING``, ``EHLO``, ``MAIL``, ``RCPT``, ``DATA``, ``DOT`` (the end of the mail),
``QUIT``. A mail is taken when its final dot has come and the answer, if any, is 2xx: one that
stalls or drops then has taken it too, which is what makes its answer unknown.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.services import find_free_port

ANSWERS = {
    "GREETING": "220 faulty",
    "EHLO": "250 faulty",
    "HELO": "250 faulty",
    "MAIL": "250 2.1.0 OK",
    "RCPT": "250 2.1.5 OK",
    "DATA": "354 go on",
    "DOT": "250 2.0.0 taken",
    "RSET": "250 OK",
    "NOOP": "250 OK",
    "QUIT": "221 bye",
}


class Drop(Exception):
    """The connection ends here."""


@dataclass
class FaultySmtp:
    """The running server. ``answers`` replaces an answer, ``stall_on`` never answers,
    ``drop_on`` cuts the connection instead; ``only_first`` heals after so many faults (0: never).
    """

    port: int
    answers: dict[str, str] = field(default_factory=dict)
    stall_on: set[str] = field(default_factory=set)
    drop_on: set[str] = field(default_factory=set)
    only_first: int = 0
    faults: int = 0
    stages: list[str] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    @property
    def url(self) -> str:
        """Its address as an account's ``outgoing`` value."""
        return f"smtp://127.0.0.1:{self.port}"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(Drop, ConnectionError, asyncio.IncompleteReadError):
            await self.answer(writer, "GREETING")
            while line := await reader.readline():
                stage = line.split()[0].decode().upper() if line.split() else ""
                code = await self.answer(writer, stage)
                if stage == "DATA" and code == "3":
                    await self.take(reader, writer)
                if stage == "QUIT":
                    break
        writer.transport.abort()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mail = await reader.readuntil(b"\r\n.\r\n")
        answer = self.answers.get("DOT", ANSWERS["DOT"])
        if self.is_healed() or answer.startswith("2"):
            self.taken.append(mail[:-3])
        await self.answer(writer, "DOT")

    async def answer(self, writer: asyncio.StreamWriter, stage: str) -> str:
        """Say what the script says; returns the first digit."""
        self.stages.append(stage)
        text = ANSWERS.get(stage, "502 unknown")
        if not self.is_healed():
            if stage in self.stall_on | self.drop_on | set(self.answers):
                self.faults += 1
            if stage in self.stall_on:
                await asyncio.sleep(3600)
            if stage in self.drop_on:
                raise Drop
            text = self.answers.get(stage, text)
        writer.write(text.encode() + b"\r\n")
        await writer.drain()
        return text[0]

    def is_healed(self) -> bool:
        return bool(self.only_first) and self.faults >= self.only_first


@contextlib.contextmanager
def running_faulty_smtp(port: int = 0) -> Iterator[FaultySmtp]:
    """Yield a server that listens and misbehaves in nothing yet."""
    server = FaultySmtp(port or find_free_port())
    thread = threading.Thread(target=server.loop.run_forever, daemon=True)
    thread.start()

    def run(work):
        return asyncio.run_coroutine_threadsafe(work, server.loop).result(10)

    listener = run(asyncio.start_server(server.talk, "127.0.0.1", server.port, limit=64 << 20))

    async def end() -> None:
        listener.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    try:
        yield server
    finally:
        run(end())
        server.loop.call_soon_threadsafe(server.loop.stop)
        thread.join(10)
        server.loop.close()
