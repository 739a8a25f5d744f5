"""What is known of one account's mailbox: its lease, its health, and which mails were taken in."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.channels.mail import oauth
from apps.channels.mail.enums import Fate
from apps.channels.mail.mailbox.errors import LeaseLost, LogInRefused, MailboxError
from apps.channels.mail.mailbox.responses import Listed
from apps.channels.mail.mailbox.settings import Settings
from apps.channels.mail.models import LedgerEntry, MailboxState
from apps.channels.mail.oauth import OAuth

LEASE = timedelta(seconds=60)
FIRST_PAUSE = 2.0
LONGEST_PAUSE = 60.0
LONGEST_AFTER_REFUSAL = 300.0  # who tries a wrong password too often is locked out
MAX_DOUBLINGS = 20
SUCCESS_EVERY = timedelta(seconds=30)
AT_ONCE = 500


class Ledger:
    """The ledger of one account, for one process. Every method is a short transaction."""

    def __init__(self, account_id: int) -> None:
        self.account_id = account_id
        self._token = secrets.token_hex(16)
        self._success: tuple[datetime | None, str] = (None, "")

    def prepare(self) -> None:
        """Make the row, if this mailbox was never looked at before."""
        MailboxState.objects.get_or_create(account_id=self.account_id)

    def acquire(self, settings: Settings) -> bool:
        """Take the lease; False when another process has it, or it is too early after a fault.

        Another mailbox than before empties the ledger; changed settings are tried at once.
        """
        now = timezone.now()
        self.prepare()
        self._adopt(settings)
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=now) | Q(lease=self._token)
        ready = Q(retry_at__isnull=True) | Q(retry_at__lte=now)
        taken = self._row().filter(free, ready)
        return bool(taken.update(lease=self._token, lease_until=now + LEASE))

    def renew(self) -> None:
        """Keep the lease. Raises LeaseLost when somebody else has taken it."""
        until = timezone.now() + LEASE
        if not self._row().filter(lease=self._token).update(lease_until=until):
            raise LeaseLost

    def release(self) -> None:
        """Give the lease back, if it is still ours."""
        self._row().filter(lease=self._token).update(lease="", lease_until=None)

    def succeeded(self, warning: str = "") -> None:
        """Note that the mailbox was read just now; written every half minute at most, unless
        there is another warning than before.
        """
        now = timezone.now()
        last_at, last_warning = self._success
        if last_at and now - last_at < SUCCESS_EVERY and warning == last_warning:
            return
        self._success = (now, warning)
        self._row().update(
            last_success_at=now,
            last_error=warning,
            last_error_at=now if warning else None,
            failures=0,
            retry_at=None,
        )

    def failed(self, reason: str, *, progressed: bool, refused: bool = False) -> float:
        """Note a fault and give the lease back; returns for how many seconds nobody tries,
        which are the more the more attempts in a row have brought nothing; ``refused`` when
        the server does not let us in.
        """
        self._success = (None, "")
        mine = self._row().filter(lease=self._token)
        before = mine.values_list("failures", flat=True).first() or 0
        failures = 0 if progressed else min(before, MAX_DOUBLINGS)
        longest = LONGEST_AFTER_REFUSAL if refused else LONGEST_PAUSE
        pause = min(longest, FIRST_PAUSE * (1 << failures))
        now = timezone.now()
        mine.update(
            last_error=reason,
            last_error_at=now,
            failures=failures + 1,
            retry_at=now + timedelta(seconds=pause),
            lease="",
            lease_until=None,
        )
        return pause

    def complain(self, reason: str) -> None:
        """Note what keeps the mailbox from being read at all."""
        self.prepare()
        changed = self._row().exclude(last_error=reason)
        changed.update(last_error=reason, last_error_at=timezone.now())

    def begin(self, uid_validity: int) -> None:
        """Take up the folder; with another UIDVALIDITY than before all entries are void."""
        if not self._row().filter(uid_validity=uid_validity).exists():
            self._entries().delete()
            self._row().update(uid_validity=uid_validity)

    def known(self, listed: Sequence[Listed]) -> dict[int, Fate]:
        """UID → fate of those mails that were dealt with. A UID that the server has given to
        another mail is not among them.
        """
        marks = {one.uid: one.mark for one in listed}
        rows = self._between(min(marks), max(marks)).values_list("uid", "mark", "fate")
        return {uid: Fate(fate) for uid, mark, fate in rows if marks.get(uid) == mark}

    def note(self, listed: Iterable[Listed], fate: Fate, reason: str = "") -> None:
        """Write down what became of mails."""
        entries = [
            LedgerEntry(
                mailbox_id=self.account_id, uid=one.uid, mark=one.mark, fate=fate, reason=reason
            )
            for one in listed
        ]
        LedgerEntry.objects.bulk_create(
            entries,
            update_conflicts=True,
            unique_fields=["mailbox", "uid"],
            update_fields=["mark", "fate", "reason"],
        )

    def settled(self, uids: Sequence[int]) -> None:
        """Note that mails which were taken in are marked, moved or deleted as wished."""
        taken = self._entries().filter(uid__in=uids, fate=Fate.TAKEN)
        taken.update(fate=Fate.DONE)

    def prune(self, first: int, last: int | None, present: Iterable[int]) -> None:
        """Forget mails that are not in the mailbox any more: UIDs from ``first`` to ``last``."""
        kept = set(present)
        gone = [
            uid
            for uid in self._between(first, last).values_list("uid", flat=True).iterator()
            if uid not in kept
        ]
        for start in range(0, len(gone), AT_ONCE):
            chunk = gone[start : start + AT_ONCE]
            self._entries().filter(uid__in=chunk).delete()

    def access_token(self, configured: OAuth) -> str:
        """An access token for XOAUTH2. Raises LogInRefused or MailboxError."""
        try:
            return oauth.access_token(configured)
        except oauth.GrantRefused as error:
            raise LogInRefused(error.reason) from error
        except oauth.TokenError as error:
            raise MailboxError(error.reason) from error

    def _adopt(self, settings: Settings) -> None:
        """Take note of the settings, if they are not those of the last time."""
        row = self._row().get()
        if (row.source, row.setup) == (settings.source, settings.setup):
            return
        fresh = {"setup": settings.setup, "failures": 0, "retry_at": None}
        with transaction.atomic():
            if row.source != settings.source:
                self._entries().delete()
                fresh |= {"source": settings.source, "uid_validity": None}
            self._row().update(**fresh)

    def _row(self) -> QuerySet[MailboxState]:
        return MailboxState.objects.filter(pk=self.account_id)

    def _entries(self) -> QuerySet[LedgerEntry]:
        return LedgerEntry.objects.filter(mailbox=self.account_id)

    def _between(self, first: int, last: int | None) -> QuerySet[LedgerEntry]:
        entries = self._entries().filter(uid__gte=first)
        return entries if last is None else entries.filter(uid__lte=last)
