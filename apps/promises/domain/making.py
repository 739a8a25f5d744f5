"""Giving one's word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NotRequired, Required, TypedDict, Unpack

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.cases.domain.events import locked
from apps.cases.enums import Channel, EventKind, Status
from apps.cases.errors import AlreadyClosed
from apps.cases.models import Case, Interaction
from apps.cases.rules import can_write
from apps.promises import kinds
from apps.promises.domain.agreed import agreement_of
from apps.promises.domain.holding import tell
from apps.promises.domain.stages import wind
from apps.promises.domain.terms import Terms
from apps.promises.errors import (
    MOST_MINUTES,
    BadWindow,
    CannotOwn,
    NoAddress,
    PastTime,
    StartsByItself,
    TooFar,
    UnknownKind,
)
from apps.promises.models import Promise

if TYPE_CHECKING:
    from apps.accounts.models import User

STEP = timedelta(minutes=5)
LONGEST_WINDOW = timedelta(days=1)
FURTHEST = timedelta(minutes=MOST_MINUTES)


class NewPromise(TypedDict):
    """What is promised. Times are aware; ``due_at`` begins the window where there is one.

    ``timezone`` is the customer's IANA zone, theirs or the site's when left out; ``owner`` who
    keeps it, the case's owner or else the actor when left out. ``address`` is where a callback
    goes, the customer's number when left out, and ``line_since`` their place in line, the
    beginning of the case when left out.
    """

    kind: Required[str]
    due_at: Required[datetime]
    text: NotRequired[str]
    window_end: NotRequired[datetime | None]
    timezone: NotRequired[str]
    owner: NotRequired[User | None]
    made_in: NotRequired[Interaction | None]
    channel: NotRequired[str]
    address: NotRequired[str]
    line_since: NotRequired[datetime | None]


@transaction.atomic
def make_promise(*, case_id: int, actor: User | None, **new: Unpack[NewPromise]) -> Promise:
    """Give the customer of a case one's word, which is owed from now on.

    ``actor`` is None where the customer booked it, or a rule. Records ``promise_made``.
    Raises PastTime, TooFar, BadWindow, UnknownKind, StartsByItself, NoAddress, CannotOwn,
    AlreadyClosed, NotAllowed or AlreadyMerged.
    """
    if kinds.is_derived(new["kind"]):
        raise StartsByItself(str(kinds.get(new["kind"]).label))
    case = locked(case_id, actor)
    if case.status == Status.CLOSED:
        raise AlreadyClosed
    promise = draft_promise(case, actor=actor, **new)
    promise.save()
    data = {"due_at": promise.due_at.isoformat()}
    if promise.predecessor_id is None:
        tell(case, EventKind.PROMISE_MADE, promise, actor, **data)
    return promise


def draft_promise(
    case: Case, *, actor: User | None, terms: Terms | None = None, **new: Unpack[NewPromise]
) -> Promise:
    """A promise of a locked case that the caller stores; raises as ``make_promise``.

    With ``terms`` it asks no database about what is agreed.
    """
    now = timezone.now()
    if not kinds.has(new["kind"]):
        raise UnknownKind(new["kind"])
    zone = new.get("timezone") or zone_of(case)
    check_times(new["due_at"], new.get("window_end"), now=now, zone=zone)
    due_at, window_end = new["due_at"].astimezone(UTC), new.get("window_end")
    owner = new.get("owner") or case.owner or actor
    if owner is not None and not can_write(owner, case):
        raise CannotOwn(owner.name)
    kind = kinds.get(new["kind"])
    deadline = (window_end or due_at).astimezone(UTC)
    promise = Promise(
        case=case,
        kind=kind.slug,
        text=" ".join(new.get("text", "").split())[:500],
        owner=owner,
        follows_owner=owner is None or owner == case.owner,
        made_by=actor,
        made_in=new.get("made_in"),
        made_at=now,
        due_at=due_at,
        window_end=window_end.astimezone(UTC) if window_end else None,
        deadline=deadline,
        timezone=zone,
        channel=new.get("channel") or (Channel.PHONE if kind.by_voice else ""),
        address=new.get("address", "") or (number_of(case) if kind.by_voice else ""),
        line_since=new.get("line_since") or case.opened_at,
        **agreement_of(case, terms).reminders(now, deadline),
    )
    if kind.by_voice and not promise.address:
        raise NoAddress
    wind(promise)
    return promise


def check_times(
    due_at: datetime, window_end: datetime | None, *, now: datetime, zone: str = ""
) -> None:
    """Raise PastTime, TooFar or BadWindow, each with the nearest time that would do.

    It is said on the clock of ``zone``, on which the time was typed; else on the reader's.
    """
    if due_at <= now:
        raise PastTime(next_step(now), zone)
    if due_at > now + FURTHEST:
        raise TooFar((now + FURTHEST).replace(second=0, microsecond=0))
    if window_end is not None and not due_at < window_end <= due_at + LONGEST_WINDOW:
        raise BadWindow(due_at + timedelta(minutes=30), zone)


def next_step(now: datetime) -> datetime:
    """The next full five minutes that are at least five minutes away."""
    whole = (now + 2 * STEP).replace(second=0, microsecond=0)
    return whole - timedelta(minutes=whole.minute % 5)


def zone_of(case: Case) -> str:
    """The IANA name of the zone in which the customer of a case lives, as far as we know."""
    return case.customer.timezone or settings.TIME_ZONE


def number_of(case: Case) -> str:
    """The phone number of the customer that they last called from, else the newest known."""
    numbers = [value for kind, value in case.customer.addresses() if kind == "phone"]
    if len(numbers) < 2:
        return "".join(numbers)
    called = Interaction.objects.filter(
        case__customer=case.customer_id, sender_kind="phone", sender_value__in=numbers
    )
    last = called.newest_first().values_list("sender_value", flat=True).first()
    return last or numbers[-1]
