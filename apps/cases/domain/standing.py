"""What the words of a case say of it, read for its clocks and for what lists show."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from apps.cases.enums import Channel, Direction, EventKind, Status
from apps.cases.models import Case, Interaction
from apps.cases.models.interaction import InteractionQuerySet

CLOCKS = (
    "status",
    "resolved_at",
    "closed_at",
    "waiting_since",
    "first_reply_at",
    "reopened_count",
    "last_activity_at",
    "snippet",
    "last_channel",
)


def snapshot(case: Case) -> dict[str, Any]:
    """What a case's clocks and caches say, as JSON takes it; ``restore`` reads it back."""
    values = {name: getattr(case, name) for name in CLOCKS}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def is_untouched(case: Case) -> bool:
    """True while a case holds nothing but its customer's words, and nobody has done anything.

    An owner whom a rule has chosen has done nothing yet.
    """
    if case.restricted or case.status != (Status.OPEN if case.owner_id else Status.NEW):
        return False
    by_rule = case.events.filter(kind=EventKind.CASE_ASSIGNED, actor=None)
    if case.owner_id and not by_rule.exists():
        return False
    mere_arrival = (
        EventKind.CASE_OPENED,
        EventKind.CASE_ASSIGNED,
        EventKind.INTERACTION_RECORDED,
        EventKind.CASE_JOINED,
    )
    worked_on = case.events.exclude(kind__in=mere_arrival, actor=None)
    spoken = case.interactions.exclude(direction=Direction.INBOUND)
    return not (worked_on.exists() or spoken.exists() or case.later_cases.exists())


def theirs(case: Case) -> InteractionQuerySet:
    """What of a case somebody outside said and a person wrote."""
    said = Interaction.objects.filter(case=case, direction=Direction.INBOUND, automatic="")
    return said.exclude(channel=Channel.INTERNAL)


def unanswered(case: Case, answered: datetime | None, since: datetime | None) -> datetime | None:
    """Since when a case waits: for words after our last one, or that waited before."""
    open_words = Q(received_at__gt=answered) if answered else Q()
    if answered and since:
        open_words |= Q(received_at__gte=since)
    return theirs(case).filter(open_words).earliest_moment()


def recall_newest(case: Case) -> None:
    """Bring what lists show of a case in line with what it holds."""
    newest = case.interactions.public().newest_first()
    last = newest.filter(automatic="").first() or newest.first()
    case.snippet, case.last_channel = snippet(last), last.channel if last else case.channel
    case.last_activity_at = case.interactions.all().latest_moment() or case.opened_at


def snippet(last: Interaction | None) -> str:
    """The first words of a message as lists show them."""
    return " ".join(last.text_folded[:400].split())[:160] if last else ""
