"""One connection of the scriptable IMAP server."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.services.imap import ImapServer, Mail, Mailbox

WORD = re.compile(rb'"((?:[^"\\]|\\.)*)"|(\S+)')


class Cut(Exception):
    """The connection ends here."""


class Session:
    """Reads commands until LOGOUT or a fault."""

    def __init__(
        self, server: ImapServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server = server
        self.reader = reader
        self.writer = writer
        self.user = False
        self.folder: Mailbox | None = None
        self.told = 0
        self.idle: asyncio.Event | None = None
        self.named = False

    def tell(self) -> None:
        """There may be something new: wake IDLE."""
        if self.idle is not None:
            self.idle.set()

    def abort(self) -> None:
        self.writer.transport.abort()

    async def run(self) -> None:
        self.server.sessions.add(self)
        try:
            await self.say(b"* OK ready")
            while line := await self.reader.readline():
                await self.command(line)
        except (Cut, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            self.abort()
        finally:
            self.server.sessions.discard(self)
            with contextlib.suppress(Exception):
                self.writer.close()

    async def say(self, line: bytes) -> None:
        self.writer.write(line + b"\r\n")
        await self.writer.drain()

    async def command(self, line: bytes) -> None:
        tag, _, rest = line.strip().partition(b" ")
        words = [_read_word(*one) for one in WORD.findall(rest)] or [""]
        name = words[0].upper()
        if name == "UID":
            name, words = f"UID {words[1].upper()}", words[1:]
        self.server.commands.append(" ".join([name, *words[1:]]))
        if name in self.server.stall_on:
            await asyncio.sleep(3600)
        method = getattr(self, "do_" + name.lower().replace(" ", "_"), None)
        if method is None:
            await self.say(tag + b" BAD unknown command")
            return
        answer = await method(tag, words[1:])
        if answer:
            await self.say(tag + b" " + answer)

    async def do_capability(self, tag: bytes, words: list[str]) -> bytes:
        found = list(self.server.capabilities)
        if self.server.tls is not None and not self.writer.get_extra_info("ssl_object"):
            found += ["STARTTLS", "LOGINDISABLED"]
        if self.server.access_tokens:
            found.append("AUTH=XOAUTH2")
        await self.say(b"* CAPABILITY " + " ".join(found).encode())
        return b"OK done"

    async def do_id(self, tag: bytes, words: list[str]) -> bytes:
        self.named = True
        await self.say(b'* ID ("name" "faulty")')
        return b"OK done"

    async def do_noop(self, tag: bytes, words: list[str]) -> bytes:
        await self.report()
        return b"OK done"

    async def do_logout(self, tag: bytes, words: list[str]) -> None:
        await self.say(b"* BYE")
        await self.say(tag + b" OK done")
        raise Cut

    async def do_starttls(self, tag: bytes, words: list[str]) -> None:
        self.writer.write(tag + b" OK go ahead\r\n" + self.server.injected)
        await self.writer.drain()
        await self.writer.start_tls(self.server.tls)

    async def do_login(self, tag: bytes, words: list[str]) -> bytes:
        self.user = words == [self.server.user, self.server.password]
        return b"OK done" if self.user else b"NO [AUTHENTICATIONFAILED] wrong"

    async def do_authenticate(self, tag: bytes, words: list[str]) -> bytes:
        if len(words) == 1:
            await self.say(b"+ ")
            words = [words[0], (await self.reader.readline()).strip().decode()]
        given = base64.b64decode(words[1]).decode()
        if words[0].upper() == "PLAIN":
            self.user = given == f"\0{self.server.user}\0{self.server.password}"
        else:
            accepted = {
                f"user={self.server.user}\1auth=Bearer {token}\1\1"
                for token in self.server.access_tokens
            }
            self.user = given in accepted
            if not self.user:
                await self.say(b"+ " + base64.b64encode(b'{"status":"401"}'))
                await self.reader.readline()
        return b"OK done" if self.user else b"NO [AUTHENTICATIONFAILED] wrong"

    async def do_select(self, tag: bytes, words: list[str]) -> bytes:
        if self.server.needs_id and not self.named:
            return b"NO Unsafe Login. Please say who you are"
        self.folder = self.server.folders.get(words[0])
        if not self.user or self.folder is None:
            return b"NO no such folder"
        self.told = len(self.folder.mails)
        await self.say(b"* FLAGS (\\Seen \\Deleted)")
        await self.say(b"* %d EXISTS" % self.told)
        await self.say(b"* OK [UIDVALIDITY %d] valid" % self.folder.uid_validity)
        await self.say(b"* OK [UIDNEXT %d] next" % self.folder.uid_next)
        return b"OK [READ-WRITE] done"

    do_examine = do_select

    async def do_idle(self, tag: bytes, words: list[str]) -> bytes:
        if self.server.idle_drops:
            self.server.idle_drops -= 1
            raise Cut
        self.idle = asyncio.Event()
        # In one packet with what is news already, as real servers do.
        news = b"" if self.server.silent_idle else self.news()
        self.writer.write(b"+ idling\r\n" + news)
        done = asyncio.ensure_future(self.reader.readline())
        while not done.done():
            woken = asyncio.ensure_future(self.idle.wait())
            await asyncio.wait([done, woken], return_when=asyncio.FIRST_COMPLETED)
            woken.cancel()
            self.idle.clear()
            if not self.server.silent_idle:
                self.writer.write(self.news())
        self.idle = None
        if not await done:
            raise Cut
        return b"OK done"

    async def do_fetch(self, tag: bytes, words: list[str]) -> bytes:
        assert self.folder is not None
        first, _, last = words[0].partition(":")
        mails = list(enumerate(self.folder.mails, start=1))[int(first) - 1 : int(last or first)]
        for number, mail in mails:
            size = len(mail.raw)
            await self.say(
                b'* %d FETCH (UID %d RFC822.SIZE %d INTERNALDATE "%s")'
                % (number, mail.uid, size, mail.arrived.encode())
            )
        await self.report()
        return b"OK done"

    async def do_uid_fetch(self, tag: bytes, words: list[str]) -> bytes:
        assert self.folder is not None
        wanted = {int(uid) for uid in words[0].split(",")}
        if wanted & self.server.refuse_uids:
            return b"NO cannot read"
        for number, mail in list(enumerate(self.folder.mails, start=1)):
            if mail.uid in wanted:
                await self.body(number, mail)
        await self.report()
        return b"OK done"

    async def body(self, number: int, mail: Mail) -> None:
        server = self.server
        head = b"* %d FETCH (UID %d BODY[] {%d}\r\n" % (number, mail.uid, len(mail.raw))
        self.writer.write(head)
        half = mail.raw[: len(mail.raw) // 2]
        if server.cut_after and (limit := server.cut_after.pop(0)) >= 0:
            self.writer.write(mail.raw[:limit])
            await self.writer.drain()
            raise Cut
        if mail.uid in server.cut_on_uid:
            self.writer.write(half)
            await self.writer.drain()
            raise Cut
        if mail.uid in server.stall_on_uid:
            self.writer.write(half)
            await asyncio.sleep(3600)
        if server.byte_seconds:
            for byte in mail.raw:
                self.writer.write(bytes([byte]))
                await self.writer.drain()
                await asyncio.sleep(server.byte_seconds)
        else:
            self.writer.write(mail.raw)
        await self.say(b")")

    async def do_uid_store(self, tag: bytes, words: list[str]) -> bytes:
        for mail in self.chosen(words[0]):
            mail.flags.update(flag.strip("()") for flag in words[2:])
        return b"OK done"

    async def do_uid_expunge(self, tag: bytes, words: list[str]) -> bytes:
        assert self.folder is not None
        chosen = [mail for mail in self.chosen(words[0]) if "\\Deleted" in mail.flags]
        await self.remove(chosen)
        return b"OK done"

    async def do_uid_copy(self, tag: bytes, words: list[str]) -> bytes:
        target = self.server.folders.get(words[1])
        if target is None:
            return b"NO [TRYCREATE] no such folder"
        for mail in self.chosen(words[0]):
            target.add(mail.raw)
        return b"OK done"

    async def do_uid_move(self, tag: bytes, words: list[str]) -> bytes:
        answer = await self.do_uid_copy(tag, words)
        if answer.startswith(b"OK"):
            await self.remove(self.chosen(words[0]))
        return answer

    def chosen(self, numbers: str) -> list[Mail]:
        assert self.folder is not None
        wanted = {int(uid) for uid in numbers.split(",")}
        return [mail for mail in self.folder.mails if mail.uid in wanted]

    async def remove(self, mails: list[Mail]) -> None:
        assert self.folder is not None
        for mail in mails:
            number = self.folder.mails.index(mail) + 1
            self.folder.mails.remove(mail)
            self.told -= 1
            await self.say(b"* %d EXPUNGE" % number)

    async def report(self) -> None:
        self.writer.write(self.news())
        await self.writer.drain()

    def news(self) -> bytes:
        """An EXISTS line when there is more than the client was told of."""
        if self.folder is None or len(self.folder.mails) == self.told:
            return b""
        self.told = len(self.folder.mails)
        return b"* %d EXISTS\r\n" % self.told


def _read_word(quoted: bytes, bare: bytes) -> str:
    return (re.sub(rb"\\(.)", rb"\1", quoted) or bare).decode("utf-8", "replace")
