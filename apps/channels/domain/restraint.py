"""Holding back what we send by ourselves: at most one an hour to an address, none to machines.

Only our own answers are held back; what comes in is always accepted.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from apps.channels import tokens
from apps.channels.driver import Party
from apps.channels.models import Account
from apps.channels.models.restraint import AutomaticAnswer

ONE_ANSWER_IN = timedelta(hours=1)
QUIET = timedelta(hours=12)
MAX_RUN = 4
MAX_NAME = 60
# A sender may be forged, and what we send by ourselves carries nobody's advertisement to them.
_LINK = re.compile(r"://|@|www\.|[\w-]\.[a-z]{2,}", re.IGNORECASE)
# Addresses behind which nobody reads (RFC 2142 and practice).
_NOBODY = re.compile(
    r"(?:no|do.?not|never).?reply|noreply.*|mailer.?daemon|postmaster|bounces?(?:[+-].*)?"
    r"|auto.?(?:reply|responder|mailer)|daemon|root|nobody|.*-(?:bounces|request|owner)|owner-.*"
    r"|notifications?|listserv|majordomo"
)


def is_machine(party: Party) -> bool:
    """Whether an address says of itself that no person reads what is sent there."""
    local, at, _domain = party.value.lower().rpartition("@")
    return bool(at) and _NOBODY.fullmatch(local) is not None


def is_ours(party: Party, channel: str) -> bool:
    """Whether one of our own accounts is behind an address."""
    bare = tokens.strip_address_mark(party.value)
    return Account.objects.filter(channel=channel, address__iexact=bare).exists()


def harmless_name(name: str) -> str:
    """A name that a sender gave themselves, unless it says more than a name."""
    return "" if len(name) > MAX_NAME or _LINK.search(name) else name


def harmless_subject(subject: str) -> str:
    """The subject of what we send by ourselves about a matter, without a link of its sender's."""
    own = tokens.bare_subject(subject)
    return _("Your message") if _LINK.search(own) else f"Re: {own}".strip()


def may_answer(party: Party, *, at: datetime, provoked: bool = True) -> bool:
    """Claim the one automatic answer that an address gets in an hour; of many callers, one may.

    Whoever goes on provoking answers gets no fifth one before a time of quiet, so a loop
    with a machine that looks like a person ends; what people set off (``provoked`` is false)
    is not counted in this way. Must run in the transaction that queues it.
    """
    rows = AutomaticAnswer.objects.filter(kind=party.kind, value=party.value)
    if not rows.exists():
        try:
            with transaction.atomic():
                AutomaticAnswer.objects.create(
                    kind=party.kind, value=party.value, answered_at=at, asked_at=at
                )
        except IntegrityError:  # somebody else answers at this very moment
            return False
        return True
    quiet = rows.filter(asked_at__lte=at - QUIET)
    later = rows.filter(answered_at__lte=at - ONE_ANSWER_IN)
    if provoked:
        later = later.filter(run__lt=MAX_RUN)
    if quiet.update(answered_at=at, asked_at=at, run=1):
        return True
    if later.update(answered_at=at, asked_at=at, run=F("run") + int(provoked)):
        return True
    rows.update(asked_at=at)
    return False


def forget(*, at: datetime) -> None:
    """Remove rows that hold nothing back any more."""
    AutomaticAnswer.objects.filter(asked_at__lte=at - 2 * QUIET).delete()
