"""When teams work, and the holidays that their calendars take from countries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.accounts.models import Team
from apps.common.business_time import Schedule
from apps.common.hours import parse_week, write_spans
from apps.promises import national
from apps.promises.domain.terms import current_terms
from apps.promises.enums import Source
from apps.promises.models import Calendar, Edition, Holiday

MONDAY_TO_FRIDAY = range(5)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What fetching has done: days added, changed or removed, and years without a decree."""

    changed: int
    unofficial: tuple[int, ...]


def schedule_for(team: Team | None) -> Schedule:
    """When a team works: its calendar, else the default one, else always (one query).

    For many cases at once, ask ``current_terms().schedule_of(team_id)``.
    """
    return current_terms().schedule_of(team.pk if team else None)


@transaction.atomic
def fetch_holidays(*, calendar_id: int, years: Collection[int]) -> Fetched:
    """Bring the fetched days of a calendar in line with its country, for these years.

    What somebody edited stays as it is. A make-up working day has the hours of Monday, or of the
    first weekday after it that has any; a calendar that never closes needs none. Without a
    country no fetched day remains. Named in the site's language.

    Raises Calendar.DoesNotExist, or national.NoSuchCountry.
    """
    calendar = Calendar.objects.select_for_update().get(pk=calendar_id)
    changed, unofficial = 0, []
    with translation.override(settings.LANGUAGE_CODE):
        for year in sorted(years):
            wanted, is_official = _days(calendar, year)
            changed += _write(calendar, year, wanted)
            unofficial += [] if is_official else [year]
    official = [year for year in years if year not in unofficial]
    before = calendar.official_until if calendar.official_until not in unofficial else None
    calendar.official_until = max([*official, before or 0]) or None
    calendar.seeded_with = _stamp(years)
    Calendar.objects.filter(pk=calendar.pk).update(
        official_until=calendar.official_until if calendar.country else None,
        seeded_with=calendar.seeded_with,
    )
    if changed:
        Edition.renew()
    return Fetched(changed, tuple(unofficial))


def fetch_due_holidays(*, today: date | None = None) -> int:
    """Fetch for every calendar that lacks this year or the next, or has them from an older library.

    Returns how many were; one query where nothing is due. Beat calls it.
    """
    years = due_years(today)
    due = Calendar.objects.national().exclude(seeded_with=_stamp(years))
    keys = list(due.values_list("pk", flat=True))
    for key in keys:
        fetch_holidays(calendar_id=key, years=years)
    return len(keys)


def due_years(today: date | None = None) -> tuple[int, int]:
    """This year and the next one, by the site's clock."""
    year = (today or timezone.localdate()).year
    return year, year + 1


def _stamp(years: Collection[int]) -> str:
    return f"{national.library_version()} {min(years)}-{max(years)}"


def _days(calendar: Calendar, year: int) -> tuple[dict[date, tuple[str, str]], bool]:
    """The name and the hours of each day that the country gives, and whether they are official."""
    if not calendar.country:
        return {}, True
    found = national.read_year(calendar.country, calendar.subdivision, year)
    days = {day: (name[:200], "") for day, name in found.holidays.items()}
    week = parse_week(calendar.hours)
    hours = next((week[day] for day in MONDAY_TO_FRIDAY if week[day]), ())
    if hours:
        made_up = _("Make-up working day"), write_spans(hours)
        days |= dict.fromkeys(found.workdays, made_up)
    return days, found.is_official


def _write(calendar: Calendar, year: int, wanted: dict[date, tuple[str, str]]) -> int:
    rows = {row.day: row for row in calendar.holidays.filter(day__year=year)}
    seeded = [row for row in rows.values() if row.source == Source.SEEDED]
    gone = [row.pk for row in seeded if row.day not in wanted]
    stale = [
        row for row in seeded if wanted.get(row.day, (row.name, row.hours)) != (row.name, row.hours)
    ]
    new = [
        Holiday(calendar=calendar, day=day, name=name, hours=hours, source=Source.SEEDED)
        for day, (name, hours) in wanted.items()
        if day not in rows
    ]
    for row in stale:
        row.name, row.hours = wanted[row.day]
    Holiday.objects.filter(pk__in=gone).delete()
    Holiday.objects.bulk_update(stale, ["name", "hours"])
    Holiday.objects.bulk_create(new)
    return len(gone) + len(stale) + len(new)
