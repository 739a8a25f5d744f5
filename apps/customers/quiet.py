"""Hours of the day in which somebody wants no call, by the clock on their own wall.

``21:00-09:00`` every day, ``Sat Sun 00:00-12:00; Mon-Fri 12:30-14:00`` on some. What ends at
or before its beginning goes on over midnight, and belongs to the day on which it begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from apps.common.hours import read_day

DAY = 24 * 60
WEEK = tuple(range(7))
NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EXAMPLE = "21:00-09:00"
EXAMPLE_DAYS = "Mon-Fri 12:30-14:00"
HORIZON = timedelta(days=9)
MINUTE = timedelta(minutes=1)
_ENTRY = re.compile(r"(?P<days>\D*?)\s*(\d{1,2}):(\d{2})\s*[-–至]\s*(\d{1,2}):(\d{2})")


class BadQuiet(ValueError):
    """Words that are no quiet hours; ``str()`` says what to write."""

    def __init__(self, message: str = "") -> None:
        words = _("Write quiet hours as in: %(example)s, or %(days)s")
        super().__init__(message or words % {"example": EXAMPLE, "days": EXAMPLE_DAYS})


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Minutes of a day, on the weekdays (Monday is 0) on which it begins."""

    days: tuple[int, ...]
    start: int
    end: int

    @property
    def goes_on(self) -> bool:
        """Whether it ends on the next day."""
        return self.end <= self.start

    def holds(self, weekday: int, minute: int) -> bool:
        """Whether a minute of a weekday lies within."""
        if not self.goes_on:
            return weekday in self.days and self.start <= minute < self.end
        late = weekday in self.days and minute >= self.start
        return late or ((weekday - 1) % 7 in self.days and minute < self.end)

    def __str__(self) -> str:
        days = f"{_write_days(self.days)} " if self.days != WEEK else ""
        return f"{days}{clock(self.start)}-{clock(self.end)}"


def clock(minute: int) -> str:
    return "{:02}:{:02}".format(*divmod(minute, 60))


def read(text: str) -> tuple[Span, ...]:
    """Read quiet hours; raises BadQuiet, also where no minute of a week is left."""
    entries = [entry.strip() for entry in re.split(r"[;；\n]", text) if entry.strip()]
    spans = tuple(_read_entry(entry.lower()) for entry in entries)
    if not spans:
        raise BadQuiet
    if not any(True for _minute in _free(spans)):
        raise BadQuiet(_("That leaves no time at all. Leave at least a minute of the week."))
    return spans


def write(spans: Iterable[Span]) -> str:
    """The normal form of quiet hours, which ``read`` takes."""
    return "; ".join(map(str, sorted(set(spans))))


def is_quiet(spans: Sequence[Span], zone: ZoneInfo, at: datetime) -> bool:
    """Whether the clock of a zone shows a quiet time at this moment."""
    local = at.astimezone(zone)
    minute = local.hour * 60 + local.minute
    return any(span.holds(local.weekday(), minute) for span in spans)


def next_free(spans: Sequence[Span], zone: ZoneInfo, at: datetime) -> datetime | None:
    """The first moment (UTC) from ``at`` on that is not quiet; None when there is none.

    It begins when a span ends, or when the clock is put forward or back out of one: an end in
    an hour that is skipped counts as the moment after the gap.
    """
    moments = {at, *_ends(spans, zone, at), *_changes(zone, at)}
    later = sorted(moment.astimezone(UTC) for moment in moments if moment >= at)
    return next((moment for moment in later if not is_quiet(spans, zone, moment)), None)


def _ends(spans: Sequence[Span], zone: ZoneInfo, at: datetime) -> Iterator[datetime]:
    first = at.astimezone(zone).date() - timedelta(days=1)
    for ahead in range(HORIZON.days + 2):
        midnight = datetime.combine(first + timedelta(days=ahead), time())
        for span in spans:
            wall = midnight + timedelta(minutes=span.end)
            for fold in (0, 1):
                yield wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _changes(zone: ZoneInfo, at: datetime) -> Iterator[datetime]:
    """When the zone's clock is put forward or back, to the minute."""
    low = at.astimezone(UTC).replace(second=0, microsecond=0)
    end = low + HORIZON
    while low < end:
        high = low + timedelta(hours=12)
        if _offset(zone, low) != _offset(zone, high):
            yield _between(zone, low, high)
        low = high


def _between(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    before = _offset(zone, low)
    while high - low > MINUTE:
        middle = low + (high - low) // MINUTE // 2 * MINUTE
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return high


def _offset(zone: ZoneInfo, at: datetime) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


def _free(spans: Sequence[Span]) -> Iterator[int]:
    for minute in range(7 * DAY):
        weekday, rest = divmod(minute, DAY)
        if not any(span.holds(weekday, rest) for span in spans):
            yield minute


def _read_entry(entry: str) -> Span:
    found = _ENTRY.fullmatch(entry)
    if not found:
        raise BadQuiet
    hour, minute, end_hour, end_minute = map(int, found.groups()[1:])
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if max(minute, end_minute) > 59 or start >= DAY or end > DAY or start == end:
        raise BadQuiet
    return Span(_read_days(found["days"]), start, end)


def _read_days(words: str) -> tuple[int, ...]:
    parts = re.split(r"[\s,，、]+", re.sub(r"\s*[-–至]\s*", "-", words).strip())
    days = {day for part in parts if part for day in _read_part(part)}
    return tuple(sorted(days)) or WEEK


def _read_part(part: str) -> Iterator[int]:
    first_name, _dash, last_name = part.partition("-")
    first, last = read_day(first_name), read_day(last_name or first_name)
    if first is None or last is None:
        raise BadQuiet
    for step in range((last - first) % 7 + 1):
        yield (first + step) % 7


def _write_days(days: tuple[int, ...]) -> str:
    """Names of days, three or more in a row as a span."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    parts = (
        [f"{NAMES[run[0]]}-{NAMES[run[-1]]}"] if len(run) > 2 else [NAMES[day] for day in run]
        for run in runs
    )
    return " ".join(name for part in parts for name in part)
