"""Booking a callback in a free slot: for agents, customers and machines alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NotRequired, TypedDict, Unpack

from django.db import connections, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Team, User
from apps.cases.domain.events import locked
from apps.cases.enums import EventKind, Status
from apps.cases.errors import AlreadyClosed
from apps.cases.models import Case, Interaction
from apps.cases.rules import can_write
from apps.customers import wishes
from apps.promises.domain.holding import hold_owed, tell
from apps.promises.domain.making import check_times, draft_promise
from apps.promises.domain.openings import openings_of
from apps.promises.domain.settling import renegotiate_promise, settle_moot, withdraw_promise
from apps.promises.domain.slots import (
    LONGEST_LOOK,
    MINUTE,
    Slot,
    earliest_call,
    free_slots,
    load_staff,
)
from apps.promises.domain.warnings import PromiseWarning
from apps.promises.enums import Kind
from apps.promises.errors import NoFreeSlot, NotACallback
from apps.promises.models import Promise

if TYPE_CHECKING:
    from collections.abc import Iterable

CLOSED = {"outside_hours", "preference_quiet_hours"}  # codes of warnings
LONGEST_PLAN = timedelta(days=366)


class Booking(TypedDict):
    """What is known of a callback beside its time, as for ``make_promise``."""

    text: NotRequired[str]
    address: NotRequired[str]
    timezone: NotRequired[str]
    made_in: NotRequired[Interaction | None]
    line_since: NotRequired[datetime | None]


@dataclass(frozen=True, slots=True)
class Booked:
    """What came of it, to be told to whoever booked.

    ``place`` counts from 1: how many of the team's callbacks come before it. Of those for the same
    time the customers come first whose first contact is longer ago. ``after_opening``: nobody
    answers now, it is for the next opening.
    """

    promise: Promise
    place: int
    after_opening: bool = False


@dataclass(frozen=True, slots=True)
class Soonest:
    """When a call as soon as possible would begin; ``after_opening`` as in ``Booked``."""

    begins_at: datetime
    after_opening: bool


@transaction.atomic
def book_callback(
    *,
    case_id: int,
    actor: User | None,
    at: datetime | None = None,
    window_end: datetime | None = None,
    preferred: User | None = None,
    **booking: Unpack[Booking],
) -> Booked:
    """Promise a call back in a slot in which the team has room; never more than there are people.

    Without ``at`` it is as soon as possible: in the slot that runs now, or else the next free
    one, after closing time the first after the next opening. With ``at`` it is the slot that
    holds this moment, with ``window_end`` any between the two. What was agreed is stored as a
    window of the promise. Whoever was asked for (``preferred``), owns the case or knows the
    customer owns it if they are free then; else nobody does, and the first who has time takes it.
    ``actor`` is None where the customer or a machine books.

    Raises NoFreeSlot with the next free time, PastTime, BadWindow, NoAddress, AlreadyClosed,
    NotAllowed or AlreadyMerged.
    """
    case = locked(case_id, actor)
    if case.status == Status.CLOSED:
        raise AlreadyClosed
    team = _hold(case)
    now = timezone.now()
    slot, begins, ends = _choose(case, team, at, window_end, now=now)
    promise = draft_promise(
        case, actor=actor, kind=Kind.CALLBACK, due_at=begins, window_end=ends, **booking
    )
    _give(promise, case, _kept_by(case, slot, preferred))
    promise.save()
    data = {"due_at": promise.due_at.isoformat(), "booked": True}
    tell(case, EventKind.PROMISE_MADE, promise, actor, **data)
    closed = at is None and _waits_for_opening(team, slot, now)
    return Booked(promise, place_in_line(promise), after_opening=closed)


def soonest(case: Case, slots: Sequence[Slot]) -> Soonest | None:
    """When ``book_callback`` would promise a call as soon as possible, to be said before.

    ``slots`` are the free ones from now on; None where there are none.
    """
    if not slots:
        return None
    now = timezone.now()
    return Soonest(_begin(slots[0], now), _waits_for_opening(case.team, slots[0], now))


def room_warnings(
    case: Case,
    said: Sequence[PromiseWarning],
    *,
    due_at: datetime,
    window_end: datetime | None = None,
    without: int | None = None,
) -> list[PromiseWarning]:
    """Say where everybody of the team is taken at the time of a callback; the proposal is the
    next time with room.

    ``said`` is what ``warnings_for`` says of that time: while the team is closed or the customer
    rests, nobody would be free anyway; nor is a time that is over or about to come, or years
    away, looked up.
    ``without`` is the callback that is moved.
    """
    now = timezone.now()
    plannable = earliest_call(now) <= due_at < now + LONGEST_PLAN
    if not plannable or CLOSED & {one.code for one in said}:
        return []
    if _find(case, case.team, due_at, window_end or due_at + MINUTE, without):
        return []
    later = _find(case, case.team, due_at, due_at + LONGEST_LOOK, without)
    words = _("At that time everybody of the team is taken by other calls.")
    proposal = _begin(later[0], now) if later else None
    return [PromiseWarning("slot_full", words, proposal)]


@transaction.atomic
def move_callback(*, promise_id: int, at: datetime, window_end: datetime | None = None) -> Promise:
    """Let the customer move their own callback to a free slot: that is their yes.

    The place in line stays. Its owner keeps it if they are free then. Returns the successor;
    raises NoFreeSlot with the next free time, NotACallback, PastTime, BadWindow or
    AlreadySettled.
    """
    case, promise = _hold_callback(promise_id)
    team = _hold(case)
    slot, begins, ends = _choose(case, team, at, window_end, now=timezone.now(), without=promise.pk)
    successor = renegotiate_promise(
        promise_id=promise.pk,
        actor=None,
        due_at=begins,
        window_end=ends,
        consent=_("the customer moved it themselves"),
    )
    _give(successor, case, _kept_by(case, slot, promise.owner))
    successor.save(update_fields=["owner", "follows_owner"])
    return successor


@transaction.atomic
def cancel_callback(*, promise_id: int) -> Promise:
    """Let the customer cancel their own callback; a broken one stays broken, but owes no call.

    Raises NotACallback or AlreadySettled.
    """
    case, promise = _hold_callback(promise_id)
    reason = _("cancelled by the customer")
    now = timezone.now()
    if not promise.is_broken and promise.deadline > now:
        return withdraw_promise(promise_id=promise.pk, actor=None, reason=reason)
    settle_moot(promise, at=now, actor=None, reason=reason)
    promise.save()
    tell(case, EventKind.PROMISE_WITHDRAWN, promise, None)
    return promise


def place_in_line(promise: Promise) -> int:
    """Which of its team's callbacks this one is, from 1, in the order of ``next_first``."""
    owed = Promise.objects.owed().filter(kind=Kind.CALLBACK, case__team=promise.case.team_id)
    same = Q(deadline=promise.deadline)
    sooner = Q(deadline__lt=promise.deadline) | same & Q(line_since__lt=promise.line_since)
    at_once = same & Q(line_since=promise.line_since, pk__lt=promise.pk)
    return 1 + owed.filter(sooner | at_once).count()


def _hold_callback(promise_id: int) -> tuple[Case, Promise]:
    case, promise = hold_owed(promise_id, None)
    if promise.kind != Kind.CALLBACK:
        raise NotACallback
    return case, promise


def _hold(case: Case) -> Team | None:
    """Let bookings for these people follow one another, in whatever teams they are.

    Cases come first, then people in one order, as where rules give cases away. Where a
    database has one writer at a time there is nothing to hold.
    """
    if connections[User.objects.db].features.has_select_for_update:
        people = User.objects.filter(is_active=True, memberships__isnull=False)
        if case.team_id:
            people = people.filter(memberships__team=case.team_id)
        keys = set(people.values_list("pk", flat=True))
        held = User.objects.filter(pk__in=keys).order_by("pk").values_list("pk")
        list(held.select_for_update(of=("self",), no_key=True))
    return case.team


def _choose(
    case: Case,
    team: Team | None,
    at: datetime | None,
    window_end: datetime | None,
    *,
    now: datetime,
    without: int | None = None,
) -> tuple[Slot, datetime, datetime]:
    """The slot that is taken, and the window that is promised."""
    if at is not None:
        check_times(at.astimezone(UTC), window_end, now=now)
    since = at or now
    until = window_end or (since + MINUTE if at else now + LONGEST_LOOK)
    found = _find(case, team, since, until, without)
    if not found:
        later = _find(case, team, since, since + LONGEST_LOOK, without)
        raise NoFreeSlot(_begin(later[0], now) if later else None)
    slot = found[0]
    if at is not None and window_end is not None:
        return slot, at, window_end
    begins = _begin(slot, now)
    if at is not None:
        return slot, begins, _last(case, team, begins, slot.ends_at)
    # whoever books while a slot runs has until the end of the next one, as all others do who
    # book meanwhile: so the calls of that time stand in one line, the longest waiting in front
    length = slot.ends_at - slot.begins_at
    ends = slot.ends_at if begins == slot.begins_at else slot.ends_at + length
    return slot, begins, _last(case, team, begins, ends)


def _last(case: Case, team: Team | None, begins: datetime, ends: datetime) -> datetime:
    """Where a window ends that is no longer than the team works and the customer may be called."""
    openings, welcome = openings_of(team), wishes.may_call(case.customer)
    last = begins + MINUTE
    while last < ends and openings.is_open(last) and welcome(last):
        last += MINUTE
    return last


def _find(
    case: Case, team: Team | None, since: datetime, until: datetime, without: int | None
) -> Sequence[Slot]:
    return free_slots(team, since=since, until=until, customer=case.customer, without=without)


def _begin(slot: Slot, now: datetime) -> datetime:
    """When a call in this slot may begin: at its beginning, or in the next minute."""
    return max(slot.begins_at, earliest_call(now))


def _kept_by(case: Case, slot: Slot, preferred: User | None) -> User | None:
    """Who was asked for, owns the case or knows the customer, if they are free in a slot."""
    free = set(slot.people)
    for wanted in (preferred, case.owner):
        if wanted is not None and wanted.pk in free and can_write(wanted, case):
            return wanted
    for known in _acquaintances(case, free):
        if can_write(known, case):
            return known
    return None


def _acquaintances(case: Case, keys: Iterable[int]) -> Sequence[User]:
    """Those of these people who had a case of this customer, the last one first."""
    theirs = Case.objects.filter(customer=case.customer_id, owner__in=keys).select_related("owner")
    latest = theirs.order_by(F("last_activity_at").desc())[:10]
    return list({one.owner_id: one.owner for one in latest if one.owner}.values())


def _give(promise: Promise, case: Case, owner: User | None) -> None:
    promise.owner, promise.follows_owner = owner, owner is None or owner == case.owner


def _waits_for_opening(team: Team | None, slot: Slot, now: datetime) -> bool:
    """Whether a slot is the first one after an opening that is still to come."""
    return slot.begins_at > now and _is_closed(team, now)


def _is_closed(team: Team | None, now: datetime) -> bool:
    """Whether nobody answers now: the team is closed, or all of its people have gone home."""
    if not openings_of(team).is_open(now):
        return True
    staff = load_staff(team, now, now + MINUTE)
    return not any(works(now) for works in staff.works.values())
