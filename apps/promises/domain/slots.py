"""When a team has time to call somebody back.

A slot has room for as many callbacks as people of the team work in it. What is promised
already takes its room: a callback for a time the slot of that time, one for a window the first
slot of it that has room, one that is late the first of all. Whoever owns a callback is taken in
its slot, whichever team it is for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush

from django.db.models import Q
from django.utils import timezone

from apps.accounts.domain import hours_of, presence_at
from apps.accounts.enums import Presence
from apps.accounts.models import Absence, Membership, Team, User
from apps.customers import wishes
from apps.customers.models import Customer
from apps.promises.domain.making import LONGEST_WINDOW
from apps.promises.domain.openings import openings_of
from apps.promises.enums import Kind
from apps.promises.models import Promise
from apps.promises.models.promise import PromiseQuerySet

LONGEST_LOOK = timedelta(days=31)
MINUTE, LEEWAY = timedelta(minutes=1), timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Slot:
    """A span (UTC) with room for ``room`` more callbacks; ``people`` have none of their own."""

    begins_at: datetime
    ends_at: datetime
    room: int
    people: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Staff:
    """The people of a team, with what says when they are there."""

    people: Mapping[int, User]
    absences: Mapping[int, Sequence[tuple[datetime, datetime]]]
    works: Mapping[int, Callable[[datetime], bool]]

    def there(self, begins: datetime, ends: datetime, now: datetime) -> list[int]:
        """Who works through a span; their presence says something of the present alone."""
        running = begins <= now < ends
        return [pk for pk in self.people if self._is_there(pk, max(begins, now), ends, running)]

    def _is_there(self, pk: int, begins: datetime, ends: datetime, running: bool) -> bool:  # noqa: FBT001
        if running and presence_at(self.people[pk], at=begins) == Presence.AWAY:
            return False
        if any(since < ends and until > begins for since, until in self.absences.get(pk, ())):
            return False
        return self.works[pk](begins) and self.works[pk](ends - MINUTE)


@dataclass(order=True, slots=True)
class Job:
    """A callback that needs one slot between two moments; the most urgent one first."""

    ends: datetime
    begins: datetime
    pk: int
    owner_id: int | None = field(compare=False)


def free_slots(
    team: Team | None,
    *,
    since: datetime,
    until: datetime,
    customer: Customer | None = None,
    without: int | None = None,
) -> list[Slot]:
    """The slots of a team that begin between two moments (UTC) and still have room, in order.

    The one that runs at ``since`` is among them while a call may still begin in it. Only what
    lies in opening hours counts, and where a customer is named only when they may be called.
    ``without`` is the key of a promise whose place counts as free, since it is about to move.
    Looks 31 days ahead at most. Four queries, whatever the span, and one for what a customer
    wishes.
    """
    now = timezone.now()
    since = max(since, now)
    until = min(until, since + LONGEST_LOOK)
    before = max(now, since - LONGEST_WINDOW)  # what may still wait for its place at ``since``
    openings = openings_of(team)
    staff = load_staff(team, before, until)
    late_until = now + openings.length
    owed = _owed_by(team, staff, until)
    jobs = _jobs(owed.exclude(pk=without) if without else owed, now, late_until)
    welcome = wishes.may_call(customer) if customer else lambda _at: True
    taken = _place(openings.cut(before, until), jobs, staff, now)
    return [
        slot
        for slot in taken
        if slot.ends_at > max(since, earliest_call(now))
        and slot.room > 0
        and welcome(max(slot.begins_at, now))
    ]


def earliest_call(now: datetime) -> datetime:
    """The full minute that is next, and far enough away to be promised."""
    return (now + LEEWAY + MINUTE).replace(second=0, microsecond=0)


def load_staff(team: Team | None, since: datetime, until: datetime) -> Staff:
    """The active people of a team (of any, where there is none) and their absences."""
    seats = Membership.objects.filter(user__is_active=True).select_related("user")
    if team is not None:
        seats = seats.filter(team=team)
    people = {seat.user_id: seat.user for seat in seats.order_by("user_id")}
    absences: dict[int, list[tuple[datetime, datetime]]] = {}
    found = Absence.objects.filter(user__in=people, begins_at__lt=until, ends_at__gt=since)
    for user_id, begins_at, ends_at in found.values_list("user", "begins_at", "ends_at"):
        absences.setdefault(user_id, []).append((begins_at, ends_at))
    return Staff(people, absences, {pk: hours_of(user) for pk, user in people.items()})


def _owed_by(team: Team | None, staff: Staff, until: datetime) -> PromiseQuerySet:
    """The callbacks that are owed by the team, or by one of its people."""
    owed = Promise.objects.owed().filter(kind=Kind.CALLBACK, due_at__lt=until)
    return owed.filter(Q(case__team=team) | Q(owner__in=staff.people))


def _jobs(owed: PromiseQuerySet, now: datetime, late_until: datetime) -> list[Job]:
    """What each of these callbacks needs; whoever has time makes those that are late first."""
    columns = ("pk", "owner", "due_at", "window_end", "next_attempt_at", "deadline")
    jobs = []
    for pk, owner, due_at, window_end, next_attempt_at, deadline in owed.values_list(*columns):
        begins = max(next_attempt_at, due_at) if next_attempt_at else due_at
        ends = window_end if window_end and not next_attempt_at else begins + MINUTE
        if deadline <= now:
            begins, ends = now, late_until
        begins = max(begins, now)
        jobs.append(Job(max(ends, begins + MINUTE), begins, pk, owner))
    return sorted(jobs, key=lambda job: (job.begins, job.ends, job.pk))


def _place(
    spans: Iterable[tuple[datetime, datetime]], jobs: Sequence[Job], staff: Staff, now: datetime
) -> list[Slot]:
    """Go through the slots in order and let each take the most urgent of what may begin in it.

    For jobs of one slot each that is the best that anybody could do: where there is room left,
    one more fits.
    """
    slots: list[Slot] = []
    waiting: list[Job] = []
    ahead = list(reversed(jobs))
    for begins, ends in spans:
        while ahead and ahead[-1].begins < ends:
            heappush(waiting, ahead.pop())
        waiting = [job for job in waiting if job.ends > begins]
        heapify(waiting)
        there = staff.there(begins, ends, now)
        placed = [heappop(waiting) for _ in range(min(len(there), len(waiting)))]
        busy = {job.owner_id for job in placed}
        people = tuple(pk for pk in there if pk not in busy)
        slots.append(Slot(begins, ends, len(there) - len(placed), people))
    return slots
