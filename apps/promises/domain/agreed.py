"""What is agreed for one case: its targets, counted in the opening hours of its team."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.cases.models import Case
from apps.common.business_time import NeverOpens, Schedule
from apps.promises.domain.terms import Terms, current_terms
from apps.promises.models.promise import PER_CENT
from apps.promises.targets import Targets

REMIND_BEFORE = timedelta(minutes=10)
# What lies further ahead is reminded of by shares of the calendar's time: nights are no matter.
COUNTED = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The targets of a case and the schedule by which they are counted."""

    targets: Targets
    schedule: Schedule

    def after(self, at: datetime, minutes: int) -> datetime:
        """The moment (UTC) by which so much opening time has passed; a team that never opens is
        counted by the wall clock, so that no clock is ever without an end.
        """
        return self.after_span(at, timedelta(minutes=minutes))

    def after_span(self, at: datetime, span: timedelta) -> datetime:
        """As ``after``, for any span."""
        try:
            return self.schedule.add(at, span)
        except NeverOpens:
            return at + span

    def open_time(self, since: datetime, until: datetime) -> timedelta:
        """How much opening time lies between two moments; none where the later comes first."""
        return self.schedule.elapsed(since, until) if until > since else timedelta(0)

    def reminders(self, since: datetime, until: datetime) -> dict[str, int]:
        """The fields of a promise that say when it is reminded of: shares of its opening time.

        They are told in ten-thousandths of all its time. What lies outside of opening hours as
        a whole, and what is weeks away, is reminded of by shares of all of it.
        """
        first, second = self.targets.first_reminder, self.targets.second_reminder
        whole, opened = until - since, timedelta(0)
        if timedelta(0) < whole <= COUNTED and not self.schedule.is_always_open:
            opened = self.schedule.elapsed(since, until)
        shares = [first * PER_CENT, second * PER_CENT]
        if opened not in {timedelta(0), whole}:
            ends = [self.schedule.add(since, opened * part / 100) for part in (first, second)]
            shares = [math.ceil((end - since) * 100 * PER_CENT / whole) for end in ends]
        return {"first_reminder": shares[0], "second_reminder": shares[1]}


def agreement_of(case: Case, terms: Terms | None = None) -> Agreement:
    """What is agreed for a case: one query, none with ``terms`` and the customer fetched."""
    terms = terms or current_terms()
    targets = terms.level_of(team_id=case.team_id, kind=case.kind, tier=case.customer.tier)
    return Agreement(targets, terms.schedule_of(case.team_id))


def first_reply_span(case: Case, targets: Targets) -> timedelta:
    """Opening time until the first reply; asks for other cases only where newcomers have a
    target of their own.
    """
    if targets.first_reply_newcomer is None:
        return targets.first_reply_within(is_newcomer=False)
    others = Case.objects.filter(customer=case.customer_id).exclude(pk=case.pk)
    return targets.first_reply_within(is_newcomer=not others.exists())
