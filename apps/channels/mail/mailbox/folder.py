"""The verbs of one IMAP folder: list, fetch, settle, wait (RFC 3501, 2177, 4315, 6851)."""

from __future__ import annotations

import contextlib
import imaplib
import time
from collections.abc import Callable, Sequence
from typing import Any

from apps.channels.mail.mailbox.connection import Connection
from apps.channels.mail.mailbox.errors import MailboxError, Refused, cut_off
from apps.channels.mail.mailbox.names import encode_name
from apps.channels.mail.mailbox.responses import Listed, read_bodies, read_listed
from apps.channels.mail.mailbox.settings import Settings
from apps.common.sentences import gettext as _

FAREWELL_SECONDS = 2


class Folder:
    """A selected folder. Its methods raise CutOff when the connection is gone, and Refused
    when the server says no to a command.

    ``exists`` is how many mails there are; ``removed`` counts those that have left since the
    folder was selected, each of which moves the numbers of all behind it down by one.
    """

    def __init__(self, connection: Connection, settings: Settings) -> None:
        self._connection = connection
        self._settings = settings
        self.exists = 0
        self.removed = 0
        self.uid_validity = 0
        self._unsure = False
        self._news = False
        self.select()

    def select(self) -> None:
        """Open the folder, again where it is open. Raises MailboxError when it is not there."""
        name = encode_name(self._settings.folder)
        only_read = self._settings.after == "keep"
        try:
            answer = self._run(lambda c: c.select(name, readonly=only_read))
        except Refused as error:
            raise MailboxError(
                _("The folder “%(name)s” cannot be opened (%(answer)s). Check its name.")
                % {"name": self._settings.folder, "answer": error.reason}
            ) from error
        self.exists = int(answer[-1] or 0)
        validity = self._connection.response("UIDVALIDITY")[1]
        self.uid_validity = int(validity[-1] or 0) if validity and validity[-1] else 0
        self.removed = 0
        self._unsure = self._news = False

    @property
    def can_wait(self) -> bool:
        """Whether the server tells of new mail by itself."""
        return "IDLE" in self._connection.capabilities

    def listing(self, first: int, last: int) -> list[Listed]:
        """The mails with these numbers (from 1, both included), in the server's order."""
        what = "(UID RFC822.SIZE INTERNALDATE)"
        return read_listed(self._run(lambda c: c.fetch(f"{first}:{last}", what)))

    def bodies(self, uids: Sequence[int], *, size: int, silence: float) -> dict[int, bytes]:
        """The raw bytes of mails, as far as they are still there; no flag is touched.

        ``size`` is what to expect in all; ``silence`` how many seconds the server may pause.
        """
        numbers = ",".join(map(str, uids))
        with cut_off():
            self._connection.allow(size, silence=silence)
            answer, data = self._connection.uid("FETCH", numbers, "(UID BODY.PEEK[])")
        return read_bodies(self._taken_up(answer, data))

    def settle(self, uids: Sequence[int]) -> None:
        """Do with mails that are stored what the account wishes."""
        numbers = ",".join(map(str, uids))
        match self._settings.after:
            case "seen":
                self._store(numbers, r"(\Seen)")
            case "delete":
                self._delete(numbers)
            case "move":
                self._move(numbers)
            case _:
                pass

    def refresh(self) -> None:
        """Learn from the server what has changed."""
        self._run(lambda c: c.noop())
        if self._unsure:
            self.select()
        self._news = False

    def wait(self, seconds: float) -> None:
        """IDLE until there is new mail, which may have come already, or the time is over."""
        if self._news:
            return
        connection = self._connection
        tag = b"IDLE%d" % (time.monotonic_ns() // 1000)
        with cut_off():
            connection.allow()
            connection.send(tag + b" IDLE\r\n")
            while not (line := connection.readline()).startswith(b"+"):
                if line.startswith(tag):
                    raise Refused(line.decode("utf-8", "replace"))
                self._hear(line)
            until = time.monotonic() + seconds
            while (left := until - time.monotonic()) > 0 and not self._news:
                if connection.has_news(left):
                    self._hear(connection.readline())
            connection.allow()
            connection.send(b"DONE\r\n")
            while not (line := connection.readline()).startswith(tag):
                self._hear(line)

    def close(self, *, politely: bool) -> None:
        """End the connection; faults do not matter any more."""
        with contextlib.suppress(Exception):
            if politely:
                self._connection.allow(silence=FAREWELL_SECONDS)
                self._connection.logout()
        with contextlib.suppress(OSError):
            self._connection.shutdown()

    def _store(self, numbers: str, flags: str) -> None:
        self._run(lambda c: c.uid("STORE", numbers, "+FLAGS.SILENT", flags))

    def _delete(self, numbers: str) -> None:
        r"""Without UIDPLUS only \Deleted is set: EXPUNGE would take others' mails along."""
        self._store(numbers, r"(\Deleted)")
        if "UIDPLUS" in self._connection.capabilities:
            self._run(lambda c: c.uid("EXPUNGE", numbers))

    def _move(self, numbers: str) -> None:
        target = encode_name(self._settings.target)
        if "MOVE" in self._connection.capabilities:
            self._run(lambda c: c.uid("MOVE", numbers, target))
            return
        self._run(lambda c: c.uid("COPY", numbers, target))
        self._delete(numbers)

    def _run(self, command: Callable[[Connection], tuple[str, list[Any]]]) -> list[Any]:
        with cut_off():
            self._connection.allow()
            answer, data = command(self._connection)
        return self._taken_up(answer, data)

    def _taken_up(self, answer: str, data: list[Any]) -> list[Any]:
        self._count()
        if answer != "OK":
            text = b" ".join(part for part in data if isinstance(part, bytes))
            raise Refused(text.decode("utf-8", "replace"))
        return data

    def _count(self) -> None:
        """Take up what the server said besides: how many there are, how many have left.

        Where it said both, their order is not known any more, and so not the number.
        """
        numbers = [int(n) for n in self._connection.response("EXISTS")[1] if n]
        removed = [n for n in self._connection.response("EXPUNGE")[1] if n]
        before = self.exists
        self.removed += len(removed)
        self.exists = numbers[-1] if numbers else max(0, before - len(removed))
        self._news = self._news or self.exists > before
        self._unsure = self._unsure or bool(numbers and removed)

    def _hear(self, line: bytes) -> None:
        """Take up a line that nobody asked for."""
        match line.upper().split()[:3]:
            case [b"*", b"BYE", *_]:
                raise imaplib.IMAP4.abort(line.decode("utf-8", "replace").strip())
            case [b"*", number, b"EXISTS"] if number.isdigit():
                self._news = self._news or int(number) > self.exists
                self.exists = int(number)
            case [b"*", _, b"EXPUNGE"]:
                self.removed += 1
                self.exists = max(0, self.exists - 1)
