"""Putting together what turns out to be one matter before anybody has worked on it."""

from __future__ import annotations

from apps.cases import signals
from apps.cases.domain.events import record
from apps.cases.domain.standing import is_untouched
from apps.cases.enums import EventKind
from apps.cases.models import Case, FormerNumber, Interaction


def join_untouched(*, into: Case, other: Case) -> bool:
    """Move the customer's words of ``other`` into ``into``; its number leads there for ever.

    For two cases of one customer and team, both locked by the caller, of which ``other`` has
    seen no work; else nothing changes and the answer is False. Other layers move what they
    keep on ``case_joined`` (into, other, interactions) before ``other`` goes.
    """
    if (into.customer_id, into.team_id) != (other.customer_id, other.team_id):
        return False
    if not is_untouched(other):
        return False
    interactions = list(Interaction.objects.filter(case=other).order_by("pk"))
    for interaction in interactions:
        interaction.case = into
    Interaction.objects.filter(case=other).update(case=into)
    FormerNumber.objects.filter(case=other).update(case=into)
    FormerNumber.objects.create(number=other.pk, case=into)
    _take_over(into, other)
    record(
        into,
        EventKind.CASE_JOINED,
        number=other.number,
        interactions=[interaction.pk for interaction in interactions],
    )
    signals.case_joined.send(Case, into=into, other=other, interactions=interactions)
    other.delete()
    return True


def _take_over(into: Case, other: Case) -> None:
    """Bring clocks and what lists show up to what both cases know."""
    waiting = [at for at in (into.waiting_since, other.waiting_since) if at]
    into.waiting_since = min(waiting, default=None)
    into.opened_at = min(into.opened_at, other.opened_at)
    if other.last_activity_at > into.last_activity_at:
        into.last_activity_at = other.last_activity_at
        into.snippet, into.last_channel = other.snippet, other.last_channel
    into.save(
        update_fields=["waiting_since", "opened_at", "last_activity_at", "snippet", "last_channel"]
    )
