"""What was promised, what was tried, and what the clock has told."""

from apps.promises.models.feed import CalendarFeed
from apps.promises.models.promise import Attempt, Promise, Reminder

__all__ = ["Attempt", "CalendarFeed", "Promise", "Reminder"]
