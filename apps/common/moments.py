"""Moments as people write them: a day, a time on the wall clock, a zone.

Errors are sentences with a proposal of the nearest valid value, in the error as well as in words.
"""

from __future__ import annotations

import difflib
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from apps.common.business_time import change_between


class NoSuchZone(ValueError):
    """A name that no time zone has; ``str()`` is translated, ``proposal`` is a zone's name."""

    def __init__(self, name: str) -> None:
        self.proposal = _nearest_zone(name)
        words = _("“%(zone)s” is not a time zone. Did you mean %(proposal)s?")
        super().__init__(words % {"zone": name[:64], "proposal": self.proposal})


class SkippedTime(ValueError):
    """A time that the clock skips on that day; ``str()`` is translated.

    ``proposal`` is the first time that the wall clock shows afterwards, aware in its zone.
    """

    def __init__(self, wall: datetime, proposal: datetime) -> None:
        self.proposal = proposal
        words = _(
            "The clock skips %(time)s on %(day)s in %(zone)s. The next time there is %(proposal)s."
        )
        names = {"time": f"{wall:%H:%M}", "day": f"{wall:%Y-%m-%d}", "zone": str(wall.tzinfo)}
        super().__init__(words % {**names, "proposal": f"{proposal:%Y-%m-%d %H:%M}"})


@dataclass(frozen=True, slots=True)
class LocalMoment:
    """What a time on the wall clock means in UTC.

    ``other`` is the second moment at which the clock shows the same time, for a time in an hour
    that is repeated; the moment is the first of both unless the second was asked for.
    """

    at: datetime
    other: datetime | None = None

    @property
    def is_ambiguous(self) -> bool:
        """Whether the clock shows this time twice."""
        return self.other is not None


def read_zone(name: str) -> ZoneInfo:
    """The zone of an IANA name; none but exact names. Raises NoSuchZone with the closest one."""
    if name not in zone_names():
        raise NoSuchZone(name)
    return ZoneInfo(name)


def local_moment(day: date, at: time, zone: str, fold: int | None = None) -> LocalMoment:
    """What a day and a time mean in a zone, in UTC.

    In an hour that the clock repeats, ``fold`` 0 means the first, 1 the second; without it the
    first is taken and the other one told. Raises SkippedTime in an hour that the clock skips, and
    NoSuchZone.
    """
    wall = datetime.combine(day, at.replace(tzinfo=None, fold=0), read_zone(zone))
    first, second = _utc(wall), _utc(wall.replace(fold=1))
    if first > second:  # read with the offsets of both sides, a skipped time passes itself
        change = change_between(wall.tzinfo, second, first)  # type: ignore[arg-type]
        raise SkippedTime(wall, change.astimezone(wall.tzinfo))
    if first == second:
        return LocalMoment(first)
    return LocalMoment(second, first) if fold == 1 else LocalMoment(first, second)


@cache
def zone_names() -> frozenset[str]:
    """Every name of the IANA time zone database."""
    return frozenset(zoneinfo.available_timezones())


def _utc(wall: datetime) -> datetime:
    return wall.astimezone(UTC)


def _nearest_zone(name: str) -> str:
    """The closest name, by the whole of it or by its city; the site's own when none is close."""
    asked = name.strip().replace(" ", "_").lower()[:64]
    whole = {zone.lower(): zone for zone in sorted(zone_names())}
    city = {zone.rpartition("/")[2].lower(): zone for zone in sorted(zone_names())}
    for known, cutoff in ((city, 0.85), (whole, 0.6), (city, 0.6)):
        if close := difflib.get_close_matches(asked, known, 1, cutoff):
            return known[close[0]]
    return settings.TIME_ZONE
