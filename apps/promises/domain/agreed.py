"""How long things may take: what is agreed for a case, counted in its team's opening hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.cases.models import Case

REMIND_BEFORE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Terms:
    """Targets of a case; None where none is set. Minutes count opening hours, days the calendar."""

    first_reply: timedelta | None = timedelta(hours=4)
    next_reply: timedelta | None = timedelta(hours=8)
    progress_update: timedelta | None = timedelta(minutes=20)
    follow_up: timedelta | None = timedelta(days=3)
    close_after: timedelta | None = timedelta(days=14)
    pause_while_waiting: bool = False
    max_attempts: int = 3
    gaps: tuple[timedelta, ...] = (
        timedelta(minutes=15),
        timedelta(hours=1),
        timedelta(hours=4),
    )
    slot: timedelta = timedelta(minutes=15)

    def gap_after(self, tries: int) -> timedelta:
        """How long to wait after so many attempts in vain; the last gap serves for the rest."""
        return self.gaps[min(tries, len(self.gaps)) - 1]


def terms_of(case: Case) -> Terms:
    """What is agreed for this case."""
    return Terms()


def add_open_time(case: Case, at: datetime, span: timedelta) -> datetime:
    """The moment (UTC) by which so much of the opening hours of the case's team has passed."""
    return at + span


def open_time_between(case: Case, since: datetime, until: datetime) -> timedelta:
    """How much of the opening hours of the case's team lies between two moments."""
    return max(until - since, timedelta(0))


def is_open(case: Case, at: datetime) -> bool:
    """Whether the case's team answers at this moment."""
    return True
