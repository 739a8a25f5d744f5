"""What can be done with promises, calendars and service levels."""

from apps.promises.domain.calendars import (
    Fetched,
    due_years,
    fetch_due_holidays,
    fetch_holidays,
    schedule_for,
)
from apps.promises.domain.levels import level_for
from apps.promises.domain.terms import Terms, current_terms

__all__ = [
    "Fetched",
    "Terms",
    "current_terms",
    "due_years",
    "fetch_due_holidays",
    "fetch_holidays",
    "level_for",
    "schedule_for",
]
