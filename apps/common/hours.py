"""Opening hours written as words, and read into a ``Schedule``.

``Mon-Fri 09:00-12:00 13:00-18:00; Sat 22:00-06:00``: days, then times of the wall clock. A time
that ends before it begins is a night shift and runs into the next day.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from apps.common.business_time import MINUTES_A_DAY, Schedule, Span, Week

EXAMPLE_DAYS = "2026-12-25, 2027-02-05..2027-02-11"
EXAMPLE = "Mon-Fri 09:00-18:00; Sat 10:00-12:00"
EXAMPLE_SPANS = "09:00-12:00 13:00-18:00"
_NAMES = (
    *zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), range(7), strict=True),
    *zip(("周一", "周二", "周三", "周四", "周五", "周六", "周日"), range(7), strict=True),
)
_DAYS = dict(_NAMES)
_ENTRY = re.compile(
    r"(?P<first>[a-z]{3}|周.)\s*(?:[-–至]\s*(?P<last>[a-z]{3}|周.))?\s*(?P<spans>[\d:\s–-]+)"
)
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_SEPARATORS = re.compile(r"[;,；，\n]")


class BadHours(ValueError):
    """Words that are no opening hours; ``str()`` says what to write."""

    def __init__(self, example: str = EXAMPLE) -> None:
        super().__init__(_("Write days and times as in: %(example)s") % {"example": example})


class BadSpans(BadHours):
    """Words that are no times of a day; ``str()`` says what to write."""

    def __init__(self) -> None:
        words = _("Write times as in: %(example)s")
        ValueError.__init__(self, words % {"example": EXAMPLE_SPANS})


class BadDays(ValueError):
    """Words that are no days; ``str()`` says what to write."""

    def __init__(self, entry: str) -> None:
        words = _("“%(entry)s” is no day. Write days as in: %(example)s")
        super().__init__(words % {"entry": entry[:40], "example": EXAMPLE_DAYS})


def parse_hours(text: str, zone: str, closed: str = "") -> Schedule:
    """Read opening hours and closed days; an empty text means always open.

    Raises BadHours, BadDays, or ZoneInfoNotFoundError.
    """
    days = [day for first, last in parse_days(closed) for day in _days_of(first, last)]
    return Schedule(parse_week(text), ZoneInfo(zone), dict.fromkeys(days, ()))


def read_day(name: str) -> int | None:
    """The weekday that a name in lower case stands for, Monday being 0; None for other words."""
    return _DAYS.get(name)


def parse_week(text: str) -> Week:
    """Read the spans of each day of a week. Raises BadHours."""
    week: list[list[Span]] = [[] for _day in range(7)]
    for entry in _SEPARATORS.split(text):
        if entry.strip():
            days, spans = _read_entry(entry.strip().lower())
            for day in days:
                week[day] += spans
    return tuple(tuple(sorted(spans)) for spans in week)


def parse_spans(text: str) -> tuple[Span, ...]:
    """Read the spans of one day, such as ``09:00-12:00 13:00-18:00``. Raises BadSpans."""
    try:
        return tuple(sorted(_read_spans(_SEPARATORS.sub(" ", text))))
    except BadHours as error:
        raise BadSpans from error


def write_spans(spans: tuple[Span, ...]) -> str:
    """Write the spans of a day as ``parse_spans`` reads them."""
    return " ".join(f"{_write(start)}-{_write(end)}" for start, end in spans)


def parse_days(text: str) -> tuple[tuple[date, date], ...]:
    """Read closed days: dates and spans of dates. Raises BadDays."""
    found = [_read_days(entry) for entry in re.split(r"[,;\s，；、]+", text) if entry]
    return tuple(sorted(found))


def _days_of(first: date, last: date) -> list[date]:
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def _read_days(entry: str) -> tuple[date, date]:
    first, _dots, last = entry.partition("..")
    try:
        span = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError as error:
        raise BadDays(entry) from error
    if not span[0] <= span[1] <= span[0] + timedelta(days=366):
        raise BadDays(entry)
    return span


def _read_entry(entry: str) -> tuple[list[int], list[Span]]:
    found = _ENTRY.fullmatch(entry)
    if not found:
        raise BadHours
    first, last = read_day(found["first"]), read_day(found["last"] or found["first"])
    spans = _read_spans(found["spans"])
    if first is None or last is None or not spans:
        raise BadHours
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)], spans


def _read_spans(text: str) -> list[Span]:
    if _SPAN.sub("", text).strip():
        raise BadHours
    return [_read_span(*map(int, numbers)) for numbers in _SPAN.findall(text)]


def _read_span(hour: int, minute: int, end_hour: int, end_minute: int) -> Span:
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if max(minute, end_minute) > 59 or start == end or max(start + 1, end) > MINUTES_A_DAY:
        raise BadHours
    return (start, end) if start < end else (start, end + MINUTES_A_DAY)


def _write(minute: int) -> str:
    shown = minute if minute <= MINUTES_A_DAY else minute - MINUTES_A_DAY
    return f"{shown // 60:02}:{shown % 60:02}"
