"""The calendar of callbacks: a column for each colleague, or for each day of one's own week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.accounts.models import Team, User
from apps.desk.clocks import icon_of
from apps.desk.owed import name_them
from apps.desk.promiserows import name_of
from apps.desk.rings import ring_of
from apps.promises.domain.slots import Slot, Staff, free_slots, load_staff
from apps.promises.enums import Settlement
from apps.promises.models import Promise

STEP = timedelta(minutes=15)
FIRST, LAST = time(8), time(19)
MOST_PEOPLE, MOST_EVENTS = 7, 200
MOST_BESIDE = 2
FREE_SHOWN = 3


class Range(StrEnum):
    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Column:
    """One person on one day; ``user_id`` is None for what nobody owns yet."""

    index: int
    on: date
    user_id: int | None
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    pk: int
    number: str
    name: str
    words: str
    state: str
    icon: SafeString
    is_owed: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """What lies in one quarter of an hour of a column; rows are counted from 1.

    ``more`` are those for which there is no room beside the first.
    """

    column: int
    row: int
    events: list[Event]
    more: list[Event] = field(default_factory=list)

    @property
    def names(self) -> str:
        """Whom the others are about."""
        return pgettext("between the items of a list", ", ").join(one.name for one in self.more)


@dataclass(frozen=True, slots=True)
class Shade:
    """A time in which somebody is not there, ``length`` rows long."""

    column: int
    row: int
    length: int
    label: str


@dataclass(frozen=True, slots=True)
class Now:
    """The line of the present: its row, and the third of it."""

    row: int
    third: int
    clock: str


@dataclass(frozen=True, slots=True)
class Plan:
    range: Range
    title: str
    on: date
    earlier: date
    later: date
    columns: list[Column]
    hours: list[tuple[int, str]]
    cells: list[Cell]
    shades: list[Shade]
    now: Now | None
    free: list[Slot]
    starts_at: str
    beyond: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """The rows of a plan: from which time of the day to which."""

    first: time
    last: time
    rows: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", _quarters(self.last) - _quarters(self.first))

    def row(self, at: datetime) -> int:
        return _quarters(timezone.localtime(at).time()) - _quarters(self.first) + 1

    def moment(self, on: date, row: int) -> datetime:
        """When a row begins on a day; aware, on the wall clock of the active zone."""
        begin = datetime.combine(on, self.first, timezone.get_current_timezone())
        return begin + (row - 1) * STEP


def build(user: User, team: Team | None, on: date, chosen: Range) -> Plan:
    """One day of a team, or one week of one's own, in six queries whatever it holds."""
    now = timezone.now()
    first = on if chosen is Range.DAY else on - timedelta(days=on.weekday())
    days = 1 if chosen is Range.DAY else 7
    begins, ends = _begin_of(first), _begin_of(first + timedelta(days=days))
    staff = load_staff(team, begins, ends)
    columns, beyond = _columns(user, staff, first, chosen)
    promises = _promises(user, team, columns, begins, ends)
    frame = _frame(promises, now if begins <= now < ends else None)
    step = timedelta(days=days)
    return Plan(
        range=chosen,
        title=_title(first, chosen),
        on=on,
        earlier=first - step,
        later=first + step,
        columns=columns,
        hours=_hours(frame),
        cells=_cells(promises, columns, frame, now),
        shades=[shade for one in columns for shade in _shades(one, staff, frame)],
        now=_now(frame, now) if begins <= now < ends else None,
        free=_free(team, now),
        starts_at=f"{frame.first:%H:%M}",
        beyond=beyond,
    )


def _columns(user: User, staff: Staff, first: date, chosen: Range) -> tuple[list[Column], int]:
    if chosen is Range.WEEK:
        days = [first + timedelta(days=n) for n in range(7)]
        pattern = pgettext("head of a column of a week", "D j")
        named = [Column(n + 1, on, user.pk, date_format(on, pattern)) for n, on in enumerate(days)]
        return named, 0
    mine = [user] if user.pk in staff.people else []
    others = sorted(
        (one for one in staff.people.values() if one.pk != user.pk), key=lambda one: one.name
    )
    shown = [*mine, *others][:MOST_PEOPLE]
    columns = [
        Column(n + 1, first, one.pk, one.name, _("you") if one.pk == user.pk else "")
        for n, one in enumerate(shown)
    ]
    nobody = Column(len(columns) + 1, first, None, _("Nobody yet"))
    return [*columns, nobody], len(mine) + len(others) - len(shown)


def _promises(
    user: User, team: Team | None, columns: Sequence[Column], begins: datetime, ends: datetime
) -> list[Promise]:
    """What is promised for these days; what was withdrawn or moved lies there no more."""
    people = {one.user_id for one in columns if one.user_id}
    whose = Q(owner__in=people)
    if any(one.user_id is None for one in columns):
        # what is owed in a case without a team, anybody of any may take
        whose |= Q(owner=None) & (Q(case__team=team) | Q(case__team=None))
    found = Promise.objects.writable_by(user).filter(whose, due_at__gte=begins, due_at__lt=ends)
    found = found.besides_replies()
    found = found.filter(Q(settled_at=None) | Q(settlement__in=(Settlement.KEPT, Settlement.LATE)))
    rows = found.select_related("case__customer").defer("case__need", "case__customer__about")
    promises = list(rows.order_by("due_at", "pk")[:MOST_EVENTS])
    name_them(promises)
    return promises


def _frame(promises: Sequence[Promise], now: datetime | None) -> Frame:
    """The working day, and as many hours around it as something lies in."""
    times = [timezone.localtime(one.due_at).time() for one in promises]
    times += [timezone.localtime(now).time()] if now else []
    first = min([FIRST, *times]).replace(minute=0, second=0, microsecond=0)
    latest = max([LAST, *times])
    last = time(min(latest.hour + 1, 23), 59) if latest > LAST else LAST
    return Frame(first, last)


def _cells(
    promises: Sequence[Promise], columns: Sequence[Column], frame: Frame, now: datetime
) -> list[Cell]:
    places = {(one.user_id, one.on): one.index for one in columns}
    placed = []
    for promise in promises:
        on = timezone.localtime(promise.due_at).date()
        if column := places.get((promise.owner_id, on)):
            placed.append(((column, frame.row(promise.due_at)), promise))
    placed.sort(key=lambda pair: pair[0])
    cells = []
    for (column, row), pairs in groupby(placed, key=lambda pair: pair[0]):
        events = [_event(promise, now) for _place, promise in pairs]
        cells.append(Cell(column, row, events[:MOST_BESIDE], events[MOST_BESIDE:]))
    return cells


def _event(promise: Promise, now: datetime) -> Event:
    at = f"{timezone.localtime(promise.due_at):%H:%M}"
    return Event(
        pk=promise.pk,
        number=promise.case.number,
        name=name_of(promise.case),
        words=f"{at} {promise.told}",
        state=ring_of(promise, now).state,
        icon=icon_of(promise, "i-xs"),
        is_owed=promise.is_owed,
    )


def _shades(column: Column, staff: Staff, frame: Frame) -> list[Shade]:
    """The times of a day in which a person is absent, has a break or does not work."""
    if column.user_id is None or column.user_id not in staff.people:
        return []
    spans = staff.absences.get(column.user_id, ())
    works = staff.works[column.user_id]
    states = []
    for row in range(1, frame.rows + 1):
        at = frame.moment(column.on, row)
        absent = any(since < at + STEP and until > at for since, until in spans)
        states.append("absent" if absent else "works" if works(at) else "off")
    runs = [(state, len(list(some))) for state, some in groupby(states)]
    shades, row = [], 1
    for n, (state, length) in enumerate(runs):
        if state != "works":
            inside = 0 < n < len(runs) - 1
            shades.append(Shade(column.index, row, length, _why(state, inside=inside)))
        row += length
    return shades


def _why(state: str, *, inside: bool) -> str:
    if state == "absent":
        return _("Absent")
    return _("Break") if inside else _("Not at work")


def _hours(frame: Frame) -> list[tuple[int, str]]:
    """A label for every half hour."""
    labels = []
    for row in range(1, frame.rows + 1, 2):
        minutes = (_quarters(frame.first) + row - 1) * 15
        labels.append((row, f"{minutes // 60:02d}:{minutes % 60:02d}"))
    return labels


def _now(frame: Frame, now: datetime) -> Now:
    local = timezone.localtime(now)
    return Now(frame.row(now), local.minute % 15 // 5, f"{local:%H:%M}")


def _free(team: Team | None, now: datetime) -> list[Slot]:
    """The next slots of today and tomorrow that begin with room."""
    slots = free_slots(team, since=now, until=_begin_of(timezone.localdate(now), 2))
    return [slot for slot in slots if slot.begins_at > now][:FREE_SHOWN]


def _title(first: date, chosen: Range) -> str:
    if chosen is Range.DAY:
        return date_format(first, pgettext("format of a date", "l j F"))
    pattern = pgettext("format of a short date", "j M")
    last = first + timedelta(days=6)
    return f"{date_format(first, pattern)} – {date_format(last, pattern)}"


def _begin_of(on: date, days: int = 0) -> datetime:
    return datetime.combine(on + timedelta(days=days), time(), timezone.get_current_timezone())


def _quarters(at: time) -> int:
    """How many quarters of an hour of the day are over; the last minute ends the day."""
    return 96 if (at.hour, at.minute) == (23, 59) else at.hour * 4 + at.minute // 15
