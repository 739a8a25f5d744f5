"""The opening hours of a team as callbacks need them: spans of time, cut into slots."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from apps.accounts.models import Team
from apps.promises.domain.terms import Terms

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def slot_length(team: Team | None) -> timedelta:  # noqa: ARG001 - teams differ by policy
    """How long one callback of this team takes."""
    return Terms().slot


def open_spans(
    team: Team | None,  # noqa: ARG001 - teams differ by calendar
    since: datetime,
    until: datetime,
) -> list[tuple[datetime, datetime]]:
    """The opening hours of a team between two moments, in order and apart (UTC)."""
    return [(since, until)] if since < until else []


def cut(team: Team | None, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The slots of a team that begin before ``until``, from the one that runs at ``since`` on.

    They lie in its opening hours, in order (UTC), on full multiples of their length, so that
    everybody cuts the day alike.
    """
    length = slot_length(team)
    first = since - (since - EPOCH) % length
    for opens, closes in open_spans(team, first, until + length):
        begins = opens + (EPOCH - opens) % length
        while begins + length <= closes and begins < until:
            yield begins, begins + length
            begins += length
