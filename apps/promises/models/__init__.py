"""Promises, and the calendars and service levels that say when they are due."""

from apps.promises.models.calendar import Calendar, CalendarTeam, Edition, Holiday
from apps.promises.models.levels import ServiceLevel

__all__ = ["Calendar", "CalendarTeam", "Edition", "Holiday", "ServiceLevel"]
