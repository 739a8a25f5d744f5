"""The opening hours of a team as callbacks need them: spans of time, cut into slots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apps.accounts.models import Team
from apps.common.business_time import Schedule
from apps.customers.enums import Tier
from apps.promises.domain.terms import current_terms

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Openings:
    """When a team answers, and how long one of its callbacks takes."""

    schedule: Schedule
    length: timedelta

    def is_open(self, at: datetime) -> bool:
        return self.schedule.is_open(at)

    def cut(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The slots that begin before ``until``, from the one that runs at ``since`` on.

        They lie in the opening hours, in order (UTC), on full multiples of their length, so that
        everybody cuts the day alike.
        """
        first = since - (since - EPOCH) % self.length
        if first >= until:
            return
        for opens, closes in self.schedule.spans_between(first, until + self.length):
            begins = opens + (EPOCH - opens) % self.length
            while begins + self.length <= closes and begins < until:
                yield begins, begins + self.length
                begins += self.length


def openings_of(team: Team | None) -> Openings:
    """The openings of a team, or of the site where there is none; one query."""
    terms = current_terms()
    key = team.pk if team else None
    targets = terms.level_of(team_id=key, kind="", tier=Tier.STANDARD)
    return Openings(terms.schedule_of(key), timedelta(minutes=targets.callback_slot))
