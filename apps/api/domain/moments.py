"""Times as programs give them: with an offset, or as a wall clock shows them somewhere."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.common.moments import NoSuchZone, SkippedTime, local_moment, read_zone, zone_names
from apps.promises.domain import warnings
from apps.promises.errors import BadZone, SkippedHour

CLOSEST = 3


@dataclass(frozen=True, slots=True)
class Times:
    """What was meant, in UTC; ``told`` warns of times that a clock shows twice.

    ``within`` is the span from now that was given instead of a time.
    """

    due_at: datetime
    window_end: datetime | None = None
    told: list[warnings.PromiseWarning] = field(default_factory=list)
    within: timedelta | None = None


def read_times(given: dict[str, Any], zone: str) -> Times:
    """Read ``due_at`` or ``in_minutes``, and ``window_end``, taking them out of the fields.

    Raises BadZone or SkippedHour.
    """
    told: list[warnings.PromiseWarning] = []
    due_at, end = given.pop("due_at", None), given.pop("window_end", None)
    minutes, within = given.pop("in_minutes", None), None
    if due_at is None:
        within = timedelta(minutes=minutes)
        due_at = timezone.now() + within
    due_at = read_time(due_at, zone, "due_at", told)
    if end is not None:
        end = read_time(end, zone, "window_end", told)
    return Times(due_at, end, told, within)


def read_time(
    given: datetime, zone: str, name: str, told: list[warnings.PromiseWarning] | None = None
) -> datetime:
    """The moment (UTC) of a time that bears an offset, or else is meant in ``zone``.

    Of a time that the clock shows twice it is the first, which a warning tells. ``name`` is the
    field's. Raises SkippedHour, or BadZone about the field ``timezone``.
    """
    if timezone.is_aware(given):
        return given.astimezone(UTC)
    check_zone(zone)
    try:
        meant = local_moment(given.date(), given.time(), zone)
    except SkippedTime as error:
        raise SkippedHour(str(error), error.proposal, name) from error
    if meant.other is not None and told is not None:
        first, other = (_in(one, zone) for one in (meant.at, meant.other))
        words = _("The clock shows that time twice on that day. %(first)s is meant, not %(other)s.")
        told.append(
            warnings.PromiseWarning("repeated_hour", words % {"first": first, "other": other})
        )
    return meant.at


def check_zone(zone: str) -> None:
    """Raise BadZone, with the closest names, for what no zone is called."""
    try:
        read_zone(zone)
    except NoSuchZone as error:
        others = difflib.get_close_matches(zone[:64], sorted(zone_names()), CLOSEST, 0.5)
        raise BadZone(zone, list(dict.fromkeys([error.proposal, *others]))[:CLOSEST]) from error


def zone_or_site(zone: str) -> str:
    """A customer's zone where it is known and exists, else the site's."""
    return zone if zone in zone_names() else settings.TIME_ZONE


def _in(at: datetime, zone: str) -> str:
    return f"{at.astimezone(read_zone(zone)):%Y-%m-%dT%H:%M%:z}"
