"""The hours of a week in which somebody answers, written as words.

``Mon-Fri 09:00-12:00 13:00-18:00; Sat 10:00-12:00``: days, then times of the wall clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

MINUTES_A_DAY = 24 * 60
DAYS_AHEAD = 400
EXAMPLE_DAYS = "2026-12-25, 2027-02-05..2027-02-11"
EXAMPLE = "Mon-Fri 09:00-18:00; Sat 10:00-12:00"
_NAMES = (
    *zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), range(7), strict=True),
    *zip(("周一", "周二", "周三", "周四", "周五", "周六", "周日"), range(7), strict=True),
)
_DAYS = dict(_NAMES)
_ENTRY = re.compile(
    r"(?P<first>[a-z]{3}|周.)\s*(?:[-–至]\s*(?P<last>[a-z]{3}|周.))?\s*(?P<spans>[\d:\s–-]+)"
)
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")


class BadHours(ValueError):
    """Words that are no opening hours; ``str()`` says what to write."""

    def __init__(self) -> None:
        super().__init__(_("Write days and times as in: %(example)s") % {"example": EXAMPLE})


class BadDays(ValueError):
    """Words that are no days; ``str()`` says what to write."""

    def __init__(self, entry: str) -> None:
        words = _("“%(entry)s” is no day. Write days as in: %(example)s")
        super().__init__(words % {"entry": entry[:40], "example": EXAMPLE_DAYS})


@dataclass(frozen=True, slots=True)
class Hours:
    """Open spans as (weekday, first minute, end minute), Monday being 0.

    ``closed`` are days, first and last, on which nobody answers.
    """

    spans: tuple[tuple[int, int, int], ...]
    zone: ZoneInfo
    closed: tuple[tuple[date, date], ...] = ()

    def is_open(self, at: datetime) -> bool:
        """Whether somebody answers at this moment; always when no hours are set."""
        local = at.astimezone(self.zone)
        if self.is_closed_on(local.date()):
            return False
        minute = local.hour * 60 + local.minute
        today = [(start, end) for day, start, end in self.spans if day == local.weekday()]
        return not self.spans or any(start <= minute < end for start, end in today)

    def is_closed_on(self, day: date) -> bool:
        """Whether this is a holiday."""
        return any(first <= day <= last for first, last in self.closed)

    def next_opening(self, at: datetime) -> datetime | None:
        """When it opens next after this moment, in the hours' own zone; None when never."""
        local = at.astimezone(self.zone)
        whole_days = tuple((day, 0, MINUTES_A_DAY) for day in range(7)) if self.closed else ()
        spans = self.spans or whole_days
        for ahead in range(DAYS_AHEAD):
            day = local.date() + timedelta(days=ahead)
            if self.is_closed_on(day):
                continue
            for weekday, start, _end in spans:
                opening = datetime.combine(day, time(*divmod(start, 60)), self.zone)
                if weekday == day.weekday() and opening > local:
                    return opening
        return None


def read_day(name: str) -> int | None:
    """The weekday that a name in lower case stands for, Monday being 0; None for other words."""
    return _DAYS.get(name)


def parse_hours(text: str, zone: str, closed: str = "") -> Hours:
    """Read opening hours; an empty text means always open. Raises BadHours, BadDays."""
    spans: list[tuple[int, int, int]] = []
    for entry in re.split(r"[;,；，\n]", text):
        if entry.strip():
            spans += _read_entry(entry.strip().lower())
    return Hours(tuple(sorted(spans)), ZoneInfo(zone), parse_days(closed))


def parse_days(text: str) -> tuple[tuple[date, date], ...]:
    """Read closed days: dates and spans of dates. Raises BadDays."""
    found = [_read_days(entry) for entry in re.split(r"[,;\s，；、]+", text) if entry]
    return tuple(sorted(found))


def _read_days(entry: str) -> tuple[date, date]:
    first, _dots, last = entry.partition("..")
    try:
        span = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError as error:
        raise BadDays(entry) from error
    if not span[0] <= span[1] <= span[0] + timedelta(days=366):
        raise BadDays(entry)
    return span


def _read_entry(entry: str) -> list[tuple[int, int, int]]:
    found = _ENTRY.fullmatch(entry)
    times = _SPAN.findall(found["spans"]) if found else []
    if not found or not times or _SPAN.sub("", found["spans"]).strip():
        raise BadHours
    first, last = read_day(found["first"]), read_day(found["last"] or found["first"])
    if first is None or last is None:
        raise BadHours
    days = [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    spans = [_read_span(*map(int, numbers)) for numbers in times]
    return [(day, start, end) for day in days for start, end in spans]


def _read_span(hour: int, minute: int, end_hour: int, end_minute: int) -> tuple[int, int]:
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if max(minute, end_minute) > 59 or not start < end <= MINUTES_A_DAY:
        raise BadHours
    return start, end
