"""Promises, and the calendars and service levels that say when they are due."""

from apps.promises.models.calendar import Calendar, CalendarTeam, Edition, Holiday
from apps.promises.models.campaign import Campaign, Visit
from apps.promises.models.feed import CalendarFeed
from apps.promises.models.inquiry import Estimate, Inquiry
from apps.promises.models.levels import ServiceLevel
from apps.promises.models.promise import Attempt, Promise, Reminder

__all__ = [
    "Attempt",
    "Calendar",
    "CalendarFeed",
    "CalendarTeam",
    "Campaign",
    "Edition",
    "Estimate",
    "Holiday",
    "Inquiry",
    "Promise",
    "Reminder",
    "ServiceLevel",
    "Visit",
]
