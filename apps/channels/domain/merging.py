"""What of channels moves when cases are merged, parted or split."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone

from apps.cases.enums import Visibility
from apps.cases.models import Case, Interaction, Participant
from apps.channels.enums import DeliveryState
from apps.channels.models import CaseRoute, Consulted, Delivery, InboundMessage, MessageKey


def merged(*, into: Case, other: Case, kept: dict[str, Any], **_kwargs: Any) -> None:
    """Receive ``case_merged``: mail that names anything of ``other`` finds ``into``."""
    inputs = InboundMessage.objects.filter(case=other)
    mine = {"inbound": list(inputs.values_list("pk", flat=True))}
    inputs.update(case=into)
    MessageKey.objects.filter(case=other).update(case=into)
    mine["consulted"] = _consult(into, Consulted.objects.filter(case=other))
    mine["routed"] = _route(into, other)
    kept["channels"] = mine


def unmerged(
    *,
    into: Case,
    other: Case,
    interactions: Sequence[Interaction],
    kept: dict[str, Any],
    **_kwargs: Any,
) -> None:
    """Receive ``case_unmerged``; a notice of the merge that has not left stays here."""
    mine = kept["channels"]
    InboundMessage.objects.filter(pk__in=mine["inbound"], case=into).update(case=other)
    MessageKey.objects.filter(interaction__in=interactions).update(case=other)
    Consulted.objects.filter(pk__in=mine["consulted"], case=into).delete()
    CaseRoute.objects.filter(pk__in=mine["routed"]).delete()
    notice = Delivery.objects.filter(interaction=kept.get("told"), attempts=0)
    waiting = notice.filter(state__in=(DeliveryState.HELD, DeliveryState.QUEUED))
    waiting.update(state=DeliveryState.CANCELLED, settled_at=timezone.now())


def split(*, case: Case, into: Case, interactions: Sequence[Interaction], **_kwargs: Any) -> None:
    """Receive ``case_split``: whatever answers these messages finds the new case."""
    moved = Q(interaction__in=interactions) | Q(copy_of__interaction__in=interactions)
    InboundMessage.objects.filter(moved).update(case=into)
    MessageKey.objects.filter(interaction__in=interactions).update(case=into)
    asked = {
        (party["kind"], party["value"])
        for one in interactions
        if one.visibility == Visibility.INTERNAL
        for party in (*one.recipients, {"kind": one.sender_kind, "value": one.sender_value})
    }
    known = Consulted.objects.filter(case=case)
    _consult(into, (one for one in known if (one.kind, one.value) in asked))
    _route(into, case)


def left(*, case: Case, participant: Participant, **_kwargs: Any) -> None:
    """Receive ``participant_left``: who left is not asked any more either."""
    Consulted.objects.filter(case=case, kind=participant.kind, value=participant.value).delete()


def _consult(into: Case, asked: Iterable[Consulted]) -> list[int]:
    """Let those who were asked about one case count as asked about another; the new keys."""
    known = set(Consulted.objects.filter(case=into).values_list("kind", "value"))
    new = [
        Consulted(case=into, kind=one.kind, value=one.value, asked_at=one.asked_at)
        for one in asked
        if (one.kind, one.value) not in known
    ]
    return [one.pk for one in Consulted.objects.bulk_create(new)]


def _route(into: Case, other: Case) -> list[int]:
    """Let a case without an account speak through that of another; its key if so."""
    route = CaseRoute.objects.filter(case=other).first()
    if route is None or CaseRoute.objects.filter(case=into).exists():
        return []
    return [CaseRoute.objects.create(case=into, account_id=route.account_id).pk]
