"""One pass over a folder: what is not in the ledger is fetched, stored, noted, then settled.

The order is what keeps mail: first the core commits the bytes, then the ledger notes it,
then the mailbox may be touched. Whatever dies in between is done again, and the core knows
the bytes by their hash.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from apps.channels.doors import Intake
from apps.channels.mail.enums import Fate
from apps.channels.mail.mailbox.connection import (
    FIRST_SILENCE_SECONDS,
    LARGEST_LITERAL,
    SILENCE_SECONDS,
)
from apps.channels.mail.mailbox.errors import CutOff, Refused
from apps.channels.mail.mailbox.folder import Folder
from apps.channels.mail.mailbox.ledger import Ledger
from apps.channels.mail.mailbox.responses import Listed
from apps.channels.mail.mailbox.settings import Settings
from apps.common.sentences import gettext as _

CONTENT_TYPE = "message/rfc822"
WINDOW = 500
SMALLEST_WINDOW = 25
GLANCE = 50
CHUNK_MAILS = 100
CHUNK_BYTES = 2 << 20
MAX_ATTEMPTS = 3
MAX_UNLISTED = 10


class Fetcher:
    """Takes in what an open folder holds. It outlives connections, so that it can tell which
    mail they break over: such mails come last and alone, and are left after three attempts.

    ``progressed`` is set whenever mails were stored; ``warning`` says what the server will
    not do with mails that are stored.
    """

    def __init__(self, account_id: int, settings: Settings, ledger: Ledger, intake: Intake) -> None:
        self._account_id = account_id
        self._settings = settings
        self._ledger = ledger
        self._intake = intake
        self._suspects: dict[tuple[int, str], int] = {}
        self._reached = (0, 1)  # UIDVALIDITY and number, of a round that was cut off
        self._window = WINDOW
        self.progressed = False
        self.warning = ""

    def take_all(self, folder: Folder) -> None:
        """Go through the whole folder, oldest first, and forget what has left it.

        Where an earlier round was cut off, this one goes on there and then does the part
        before it: a server that often breaks must not be listed from the start each time.
        """
        folder.select()
        self._ledger.begin(folder.uid_validity)
        self.warning = ""
        begun, number = self._reached
        first = number if begun == folder.uid_validity and number <= folder.exists else 1
        late = self._go_through(folder, first, None)
        self._reached = (0, 1)
        if first > 1:
            late += self._go_through(folder, 1, first)
        self._take_suspects(folder, late)

    def _go_through(self, folder: Folder, first: int, end: int | None) -> list[Listed]:
        """Take in the mails from one number to another, or to the folder's end; returns
        those over which a connection broke.
        """
        late: list[Listed] = []
        number, removed, last_uid = first, folder.removed, 0
        while number <= folder.exists and (end is None or number < end):
            listed = self._list(folder, number)
            if listed:
                uids = [one.uid for one in listed]
                from_uid = last_uid + 1 if last_uid or first == 1 else min(uids)
                self._ledger.prune(from_uid, max(uids), uids)
                last_uid = max(last_uid, *uids)
                late += self._take(folder, listed)
            # Mails that have left moved all behind them forward: rather look twice than miss.
            number = max(1, number + self._window - (folder.removed - removed))
            removed = folder.removed
            if end is None:
                self._reached = (folder.uid_validity, number)
        if end is None:
            self._ledger.prune(last_uid + 1, None, ())
        return late

    def _list(self, folder: Folder, number: int) -> list[Listed]:
        """List a window; one that a slow server cannot list in time is smaller next time."""
        try:
            return self._list_around(folder, number, min(number + self._window - 1, folder.exists))
        except CutOff:
            self._window = max(SMALLEST_WINDOW, self._window // 4)
            raise

    def _list_around(self, folder: Folder, first: int, last: int) -> list[Listed]:
        """List a range; a mail that the server cannot list is passed over with a warning.

        Raises Refused where it is no matter of a few mails: the server lists nothing.
        """
        listed: list[Listed] = []
        ranges, unlisted = [(first, last)], 0
        while ranges:
            first, last = ranges.pop()
            try:
                listed += folder.listing(first, last)
            except Refused as error:
                if first < last:
                    middle = (first + last) // 2
                    ranges += [(middle + 1, last), (first, middle)]
                    continue
                unlisted += 1
                if unlisted > MAX_UNLISTED:
                    raise
                self.warning = _(
                    "The server cannot read mail number %(number)d of the folder (%(why)s)."
                    " The others are taken in."
                ) % {"number": first, "why": error.reason}
        return listed

    def take_new(self, folder: Folder) -> None:
        """Look at the end of the folder, and at all of it when there is more to be done."""
        folder.refresh()
        self._ledger.begin(folder.uid_validity)
        if not folder.exists:
            return
        first = max(1, folder.exists - GLANCE + 1)
        listed = self._list_around(folder, first, folder.exists)
        if not listed:
            return
        if first > 1 and listed[0].uid not in self._ledger.known(listed):
            self.take_all(folder)
        else:
            self._take_suspects(folder, self._take(folder, listed))

    def _take(self, folder: Folder, listed: Sequence[Listed]) -> list[Listed]:
        """Take in what is new among these; returns those over which a connection broke."""
        known = self._ledger.known(listed)
        unsettled = [one.uid for one in listed if known.get(one.uid) == Fate.TAKEN]
        if unsettled:
            self._settle(folder, unsettled)
        waiting = [one for one in listed if one.uid not in known]
        too_large = [one for one in waiting if one.size > LARGEST_LITERAL]
        reason = _("Larger than %(size)d MiB.") % {"size": LARGEST_LITERAL >> 20}
        self._ledger.note(too_large, Fate.REFUSED, reason)
        fitting = [one for one in waiting if one.size <= LARGEST_LITERAL]
        for chunk in self._chunks([one for one in fitting if not self._is_suspect(one)]):
            self._take_chunk(folder, chunk)
        return [one for one in fitting if self._is_suspect(one)]

    def _take_suspects(self, folder: Folder, suspects: Sequence[Listed]) -> None:
        """Try alone, and with more patience, what has broken a connection before."""
        for one in suspects:
            self._take_chunk(folder, [one])

    @staticmethod
    def _chunks(waiting: Sequence[Listed]) -> Iterator[list[Listed]]:
        """Cut into pieces of bounded size."""
        chunk: list[Listed] = []
        size = 0
        for one in waiting:
            if chunk and (len(chunk) == CHUNK_MAILS or size + one.size > CHUNK_BYTES):
                yield chunk
                chunk, size = [], 0
            chunk.append(one)
            size += one.size
        if chunk:
            yield chunk

    def _take_chunk(self, folder: Folder, chunk: list[Listed]) -> None:
        patience = SILENCE_SECONDS if self._is_suspect(chunk[0]) else FIRST_SILENCE_SECONDS
        size = sum(one.size for one in chunk)
        try:
            bodies = folder.bodies([one.uid for one in chunk], size=size, silence=patience)
        except CutOff as error:
            self._suspect(chunk, error.reason)
            raise
        except Refused as error:
            self._suspect(chunk, error.reason)
            return
        # A server may answer OK and leave a mail out (NIL): it may have left, or be broken there.
        self._suspect(
            [one for one in chunk if one.uid not in bodies],
            _("The server lists it and does not give it."),
        )
        empty = [one for one in chunk if bodies.get(one.uid) == b""]
        self._ledger.note(empty, Fate.REFUSED, _("The server says that it has no content."))
        came = [one for one in chunk if bodies.get(one.uid)]
        if came:
            self._store(folder, came, [bodies.pop(one.uid) for one in came])

    def _store(self, folder: Folder, came: list[Listed], raws: list[bytes]) -> None:
        stored = self._intake.store(self._account_id, raws, CONTENT_TYPE)
        raws.clear()
        kept = self._settings.after == "keep"
        self._ledger.note(came, Fate.DONE if kept else Fate.TAKEN)
        self.progressed = True
        for one in came:
            self._suspects.pop(self._key(one), None)
        if not kept:
            self._settle(folder, [one.uid for one in came])
        self._intake.settle(self._account_id, stored)

    def _settle(self, folder: Folder, uids: list[int]) -> None:
        """Mark, move or delete; a refusal (no such folder) must not stop the fetching."""
        try:
            folder.settle(uids)
        except Refused as error:
            self.warning = _(
                "Mails are taken in, but the server does not mark, move or delete them: %(why)s"
            ) % {"why": error.reason}
        else:
            self._ledger.settled(uids)

    def _suspect(self, chunk: Sequence[Listed], reason: str) -> None:
        for one in chunk:
            key = self._key(one)
            self._suspects[key] = self._suspects.get(key, 0) + 1
            if self._suspects[key] >= MAX_ATTEMPTS:
                self._ledger.note([one], Fate.REFUSED, reason)
                del self._suspects[key]

    def _is_suspect(self, one: Listed) -> bool:
        return self._key(one) in self._suspects

    @staticmethod
    def _key(one: Listed) -> tuple[int, str]:
        return one.uid, one.mark
