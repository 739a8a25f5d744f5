"""Business time: how long somebody has been open, and when so much of it will have passed.

A ``Schedule`` is written on the wall clock and asked in UTC. It follows one rule: **a moment is
open when the wall clock of its zone shows a time inside a span of that day.** Spans hold their
start and not their end. Durations are real time, as UTC passes. From the rule follows what
daylight saving does:

- Hours that the clock skips do not exist. A span that begins inside them begins when the wall
  clock resumes, one that ends inside them ends where the clock jumps, and one that lies inside
  them is not open at all on that day.
- Hours that the clock shows twice count both times, as far as a span covers them. A span that
  ends inside them is open until its end is shown for the first time, and again in the second
  pass from where the clock was put back to until its end is shown again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

Span = tuple[int, int]  # first minute of the day and the one after the last; over 1440: next day
Week = tuple[tuple[Span, ...], ...]  # Monday first
Interval = tuple[datetime, datetime]

DAY = timedelta(days=1)
MINUTES_A_DAY = 24 * 60
WHOLE_DAY: tuple[Span, ...] = ((0, MINUTES_A_DAY),)
ALWAYS: Week = (WHOLE_DAY,) * 7
SEARCHED = timedelta(days=400)  # so far ahead an opening is looked for
REACH = timedelta(days=20 * 366)  # so far ahead open time is added up
FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9900, 1, 1, tzinfo=UTC)


class NeverOpens(ValueError):
    """There is not that much open time within reach; ``str()`` is translated."""

    def __init__(self) -> None:
        super().__init__(_("These hours are closed for too long. Check the calendar."))


@dataclass(frozen=True)
class Schedule:
    """The hours of a week on the wall clock of a zone, and days that differ. Immutable.

    ``week`` holds the spans of seven days from Monday, in minutes since midnight. A night shift
    ends after minute 1440 and belongs to the day on which it begins. A week without any span is
    always open. ``exceptions`` replace the spans that begin on a date; none means closed: what
    began the evening before still runs to its end.
    """

    week: Week
    zone: ZoneInfo
    exceptions: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    _days: Week = field(init=False, repr=False, compare=False)

    __hash__ = None  # type: ignore[assignment]  # exceptions are a mapping

    def __post_init__(self) -> None:
        if not any(self.week):
            object.__setattr__(self, "week", ALWAYS)
        days = tuple(_join(self.week[day], self.week[day - 1]) for day in range(7))
        object.__setattr__(self, "_days", days)

    @property
    def is_always_open(self) -> bool:
        """Whether it never closes."""
        return self._days == ALWAYS and not self.exceptions

    def is_open(self, at: datetime) -> bool:
        """Whether a moment (aware) is open. Raises ValueError for a naive one."""
        wall = _utc(at).astimezone(self.zone)
        minute = wall.hour * 60 + wall.minute
        return any(start <= minute < end for start, end in self.spans_on(wall.date()))

    def next_opening(self, at: datetime) -> datetime | None:
        """The first open moment from ``at`` (aware) on, in UTC: ``at`` itself when open.

        None when nothing opens within 400 days.
        """
        at = _utc(at)
        found = next(self._intervals(at, min(at + SEARCHED, LAST)), None)
        return found[0] if found else None

    def closing(self, at: datetime) -> datetime | None:
        """When the open time that holds ``at`` (aware) ends, in UTC.

        None when ``at`` is closed, or when it stays open for 400 days.
        """
        at = _utc(at)
        limit = min(at + SEARCHED, LAST)
        found = next(self._intervals(at, limit), None)
        return found[1] if found and found[0] == at and found[1] < limit else None

    def add(self, at: datetime, duration: timedelta) -> datetime:
        """The moment, in UTC, at which so much open time has passed since ``at`` (aware).

        It is the earliest such moment: 20 minutes from 17:40 are over at the close of 18:00. From
        a closed moment the time runs from the next opening, which is the answer for no time at
        all. Raises ValueError when the duration is negative, and NeverOpens when there is no
        opening within 400 days or not that much open time within 20 years.
        """
        if duration < timedelta(0):
            raise ValueError("business time runs forward")
        begin = self.next_opening(at)
        if begin is None:
            raise NeverOpens
        if self.is_always_open and duration < LAST - begin:
            return begin + duration
        for start, end in self._intervals(begin, min(begin + REACH, LAST)):
            if duration <= end - start:
                return start + duration
            duration -= end - start
        raise NeverOpens

    def elapsed(self, since: datetime, until: datetime) -> timedelta:
        """How much open time lies between two moments (aware); none when until is the earlier."""
        since, until = _utc(since), _utc(until)
        if self.is_always_open:
            return max(until - since, timedelta(0))
        return sum((end - start for start, end in self._intervals(since, until)), timedelta(0))

    def spans_between(self, since: datetime, until: datetime) -> list[Interval]:
        """The open time between two moments (aware) as UTC intervals, in order and apart."""
        return list(self._intervals(_utc(since), _utc(until)))

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """What is open on the wall clock of one day, in minutes, in order and apart.

        A night shift of the day before is shown with its part of this day.
        """
        if not self.exceptions:
            return self._days[day.weekday()]
        before = day - DAY
        if day in self.exceptions or before in self.exceptions:
            return _join(self._begun_on(day), self._begun_on(before))
        return self._days[day.weekday()]

    def _begun_on(self, day: date) -> tuple[Span, ...]:
        return self.exceptions.get(day, self.week[day.weekday()])

    def _intervals(self, since: datetime, until: datetime) -> Iterator[Interval]:
        """Yield the open UTC intervals of a window in order, each as long as possible."""
        opened: datetime | None = None
        closed = since
        for start, end in self._pieces(since, until):
            if opened is not None and start > closed:
                yield opened, closed
                opened = start
            opened, closed = opened or start, end
        if opened is not None:
            yield opened, closed

    def _pieces(self, since: datetime, until: datetime) -> Iterator[Interval]:
        """Yield open UTC intervals in order, cut at midnight and where the clock is changed.

        Between two changes of the clock, wall clock and UTC differ by a constant: there the
        spans of each day can be carried over as they are.
        """
        for start, end, offset in _steady(self.zone, since, until):
            first, last = start + offset, end + offset  # wall clock, written as though it were UTC
            day = first.date()
            while (midnight := datetime.combine(day, time(), UTC)) < last:
                for opening, closing in self.spans_on(day):
                    opens = max(midnight + timedelta(minutes=opening), first)
                    closes = min(midnight + timedelta(minutes=closing), last)
                    if opens < closes:
                        yield opens - offset, closes - offset
                day += DAY


def _join(today: tuple[Span, ...], yesterday: tuple[Span, ...]) -> tuple[Span, ...]:
    """Unite the spans of a day with what runs into it from the night before."""
    night = [(start - MINUTES_A_DAY, end - MINUTES_A_DAY) for start, end in yesterday]
    united: list[Span] = []
    for begin, finish in sorted([*night, *today]):
        start, end = max(begin, 0), min(finish, MINUTES_A_DAY)
        if end <= start:
            continue
        if united and start <= united[-1][1]:
            united[-1] = united[-1][0], max(end, united[-1][1])
        else:
            united.append((start, end))
    return tuple(united)


def _utc(at: datetime) -> datetime:
    """Give a moment in UTC, kept within years that every zone can show."""
    if at.tzinfo is None:
        raise ValueError("a moment without a zone is none")
    if not FIRST.year < at.year < LAST.year:
        return FIRST if at.year <= FIRST.year else LAST
    return at.astimezone(UTC)


def _steady(
    zone: tzinfo, since: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Yield the parts of a UTC window in which the zone's offset stays the same, in order."""
    start = since
    while start < until:
        for change, following in pairwise(_changes(zone, start.year)):
            end = min(following[0], until)
            if start < end:
                yield start, end, change[1]
                start = end


@lru_cache(maxsize=2048)
def _changes(zone: tzinfo, year: int) -> tuple[tuple[datetime, timedelta], ...]:
    """Find the offsets of a zone in a year (UTC): each with its first moment, then the end.

    zoneinfo does not tell its transitions, so days are compared: no zone changes its clock and
    changes it back within one.
    """
    first, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    found = [(first, _offset(zone, first))]
    day = first
    while day < end:
        following = day + DAY
        offset = _offset(zone, following)
        if offset != found[-1][1]:
            found.append((change_between(zone, day, following), offset))
        day = following
    return *found, (end, timedelta(0))


def change_between(zone: tzinfo, before: datetime, after: datetime) -> datetime:
    """The first moment (UTC, to the second) at which a zone's offset is that of ``after``."""
    offset = _offset(zone, after)
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if _offset(zone, middle) == offset:
            after = middle
        else:
            before = middle
    return after


def _offset(zone: tzinfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)
