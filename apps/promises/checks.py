"""What calendars lack, for ``doctor`` and the administration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from apps.common import health
from apps.promises.domain import due_years
from apps.promises.models import Calendar


def register() -> None:
    """Register the checks with ``doctor``."""
    health.register("calendars", find_unknown_holidays, is_work=True)


def find_unknown_holidays(today: date | None = None) -> Iterator[str]:
    """One sentence for each calendar whose holidays of this or next year are not certain."""
    for year in due_years(today):
        for calendar in Calendar.objects.lacking(year):
            yield say_unknown(calendar, year)


def say_unknown(calendar: Calendar, year: int) -> str:
    """What is not known about a year, and what to do."""
    return _(
        "%(calendar)s: the official holidays of %(year)d (%(country)s) are not known yet, nor days"
        " that are moved or worked in return. Upgrade the library “holidays” once they are"
        " published, or enter them by hand and set “holidays checked until”."
    ) % {"calendar": calendar, "year": year, "country": calendar.country}
