"""Calendars and levels as one piece that is kept between requests.

One query says whether it still holds; the rows are read again only when it does not. A page
that asks about many cases calls ``current_terms`` once and asks the answer.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from apps.common.business_time import ALWAYS, Schedule
from apps.common.hours import BadHours, parse_spans, parse_week
from apps.promises.models import Calendar, CalendarTeam, Edition, Holiday, ServiceLevel
from apps.promises.targets import NAMES, BadGaps, Targets, fill, parse_gaps


@dataclass(frozen=True, slots=True)
class Level:
    """A row of service levels; ``None`` and ``""`` mean any, or not set."""

    team: int | None
    kind: str
    tier: str
    values: Mapping[str, Any]

    def fits(self, team: int | None, kind: str, tier: str) -> bool:
        return self.team in {None, team} and self.kind in {"", kind} and self.tier in {"", tier}

    @property
    def rank(self) -> tuple[int, bool, bool]:
        """More criteria first; among as many, the tier outranks the kind, and the kind the team."""
        count = (self.team is not None) + bool(self.kind) + bool(self.tier)
        return count, bool(self.tier), bool(self.kind)


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds at one moment: the schedule of each team, the levels, most specific first."""

    default: Schedule | None
    by_team: Mapping[int, Schedule]
    levels: tuple[Level, ...]

    def schedule_of(self, team_id: int | None) -> Schedule:
        """The schedule of a team's calendar, else the default one, else always open.

        Asks no database.
        """
        own = self.by_team.get(team_id) if team_id else None
        return own or self.default or _always(settings.TIME_ZONE)

    def level_of(self, *, team_id: int | None, kind: str, tier: str) -> Targets:
        """The targets for such cases, each from the most specific level that sets it.

        Asks no database.
        """
        return fill([one.values for one in self.levels if one.fits(team_id, kind, tier)])


_kept: tuple[UUID | None, Terms] | None = None


def current_terms() -> Terms:
    """What holds now: one query, and four more after something was changed."""
    global _kept  # noqa: PLW0603 - one process keeps one copy
    mark = Edition.current()  # before the rows: what is newer than its mark is only read again
    kept = _kept
    if kept is None or kept[0] != mark:
        _kept = kept = mark, _read()
    return kept[1]


def _read() -> Terms:
    days: dict[int, dict[Any, Any]] = {}
    for calendar, day, hours in Holiday.objects.values_list("calendar", "day", "hours"):
        days.setdefault(calendar, {})[day] = _spans(hours)
    calendars = list(Calendar.objects.all())
    schedules = {one.pk: _schedule(one, days.get(one.pk, {})) for one in calendars}
    teams = CalendarTeam.objects.values_list("team", "calendar")
    default = next((schedules[one.pk] for one in calendars if one.is_default), None)
    levels = sorted(map(_level, ServiceLevel.objects.all()), key=lambda one: one.rank, reverse=True)
    by_team = {team: schedules[calendar] for team, calendar in teams if calendar in schedules}
    return Terms(default, by_team, tuple(levels))


def _schedule(calendar: Calendar, days: dict[Any, Any]) -> Schedule:
    """Hours that cannot be read, as only a hand in the database writes them, count as none."""
    try:
        week = parse_week(calendar.hours)
        zone = ZoneInfo(calendar.timezone or settings.TIME_ZONE)
    except (BadHours, zoneinfo.ZoneInfoNotFoundError):
        return _always(settings.TIME_ZONE)
    return Schedule(week, zone, days)


def _spans(hours: str) -> tuple[tuple[int, int], ...]:
    try:
        return parse_spans(hours)
    except BadHours:
        return ()


def _gaps(text: str) -> tuple[int, ...]:
    try:
        return parse_gaps(text)
    except BadGaps:
        return ()


def _level(row: ServiceLevel) -> Level:
    values = {name: getattr(row, name) for name in NAMES}
    values["callback_gaps"] = _gaps(row.callback_gaps) or None
    return Level(row.team_id, row.kind, row.tier, values)


@lru_cache(maxsize=8)
def _always(zone: str) -> Schedule:
    return Schedule(ALWAYS, ZoneInfo(zone))
