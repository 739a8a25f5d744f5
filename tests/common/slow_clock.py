"""Business time the slow way, to hold the quick one against: it looks at a clock each minute.

Nothing here comes from ``apps``. Hours are strings such as ``"09:00-12:00"``; ``"22:00-06:00"``
runs into the next morning. A minute is open when the clock on the wall shows, during it, a time
inside the hours of that day. Zones change their clock on whole minutes, as they do since 1972,
so nothing can change within one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
MIDNIGHT = "24:00"
CLOCK = {f"{hour:02}:{minute:02}": (hour, minute) for hour in range(24) for minute in range(60)}


class SlowClock:
    """``week`` is seven lists of hours from Monday, ``days`` the lists of single dates."""

    def __init__(self, week: list[list[str]], zone: str, days: dict[date, list[str]]) -> None:
        self.week, self.zone, self.days = week, ZoneInfo(zone), days
        self._shown_open: dict[date, set[tuple[int, int]]] = {}

    def is_open(self, at: datetime) -> bool:
        """Read the clock on the wall and look the time up."""
        wall = at.astimezone(self.zone)
        day = wall.date()
        if day not in self._shown_open:
            self._shown_open[day] = self._open_on(day)
        return (wall.hour, wall.minute) in self._shown_open[day]

    def walk(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the open minutes of a window, the first and the last perhaps in part."""
        at = since.astimezone(UTC)
        while at < until:
            following = min(at.replace(second=0, microsecond=0) + MINUTE, until)
            if self.is_open(at):
                yield at, following
            at = following

    def _open_on(self, day: date) -> set[tuple[int, int]]:
        """Every (hour, minute) that the hours of a day and of the night before hold."""
        shown: set[tuple[int, int]] = set()
        for hours in self._hours(day):
            begins, ends = hours.split("-")
            until = MIDNIGHT if ends < begins else ends
            shown |= {time for text, time in CLOCK.items() if begins <= text < until}
        for hours in self._hours(day - timedelta(days=1)):
            begins, ends = hours.split("-")
            if ends < begins:
                shown |= {time for text, time in CLOCK.items() if text < ends}
        return shown

    def _hours(self, day: date) -> list[str]:
        return self.days.get(day, self.week[day.weekday()])


def elapsed(minutes: list[tuple[datetime, datetime]]) -> timedelta:
    """Add the open minutes of a walk."""
    return sum((end - start for start, end in minutes), timedelta(0))


def wait(minutes: list[tuple[datetime, datetime]], duration: timedelta) -> datetime | None:
    """When so much of a walk was open; None when the walk was too short for that."""
    for start, end in minutes:
        if duration <= end - start:
            return start + duration
        duration -= end - start
    return None
