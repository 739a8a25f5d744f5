"""Putting what the verbs have just written back to when the story says it happened.

The verbs know no time but now. For the demonstration alone, everything of a case that bears
a time since the loading began is moved to the time of its step.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from apps.cases.models import Case, CaseEvent, CaseFollower, Interaction, Participant
from apps.channels.enums import DeliveryState
from apps.channels.models import Delivery, InboundMessage
from apps.notifications.models import Notification
from apps.search.models import Entry

CASE_TIMES = (
    "opened_at",
    "first_reply_at",
    "resolved_at",
    "closed_at",
    "waiting_since",
    "last_activity_at",
)
ON_THE_WAY = timedelta(seconds=4)


def backdate(case: Case, *, since: datetime, to: datetime) -> None:
    """Move what was written of this case since ``since`` to ``to``; what left has arrived."""
    new = Interaction.objects.filter(case=case, received_at__gte=since)
    Delivery.objects.filter(interaction__in=new.values("pk")).update(
        state=DeliveryState.SENT,
        attempts=1,
        created_at=to,
        next_attempt_at=to,
        sent_at=to + ON_THE_WAY,
    )
    new.update(received_at=to, occurred_at=to)
    InboundMessage.objects.filter(case=case, received_at__gte=since).update(received_at=to)
    # Events refuse any change through their own manager.
    QuerySet(CaseEvent).filter(case=case, at__gte=since).update(at=to)
    CaseFollower.objects.filter(case=case, created_at__gte=since).update(created_at=to)
    Participant.objects.filter(case=case, joined_at__gte=since).update(joined_at=to)
    Entry.objects.filter(case_id=case.pk, at__gte=since).update(at=to)
    told = Notification.objects.filter(case=case)
    for name in ("since", "at", "read_at"):
        told.filter(**{f"{name}__gte": since}).update(**{name: to})
    case.refresh_from_db()
    moved = {name: to for name in CASE_TIMES if (value := getattr(case, name)) and value >= since}
    Case.objects.filter(pk=case.pk).update(**moved)
