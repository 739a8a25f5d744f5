"""How the watching of mailboxes goes, for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.channels.doors import IntakeState
from apps.channels.mail.enums import Fate
from apps.channels.mail.models import MailboxState
from apps.channels.mail.webhooks.settings import is_webhook

# A single fault is no news: connections break, and two seconds later there is another. What
# keeps the mailbox from being opened at all counts no attempts and is younger than success.
_COMPLAINT = ~Q(last_error="") & (
    Q(last_success_at=None) | Q(last_error_at__gt=F("last_success_at"))
)
FAILING = Q(failures__gte=2) | (Q(failures=0) & _COMPLAINT)


def failing_accounts() -> QuerySet[Any, Any]:
    """The accounts whose mailbox cannot be read at this moment."""
    states = MailboxState.objects.filter(FAILING).exclude(account__incoming="")
    return states.values("pk")


def intake_states(account_ids: Sequence[int]) -> Mapping[int, IntakeState]:
    """What is known of these accounts' mailboxes, in one query."""
    states = MailboxState.objects.filter(pk__in=account_ids).exclude(account__incoming="")
    refused = Count("entries", filter=Q(entries__fate=Fate.REFUSED))
    now = timezone.now()
    states = states.select_related("account").annotate(
        refused_count=refused, failing=Exists(_failing_row())
    )
    return {
        state.pk: IntakeState(
            last_success_at=state.last_success_at,
            last_error=state.last_error,
            last_error_at=state.last_error_at,
            is_failing=state.failing,
            is_watched=bool(state.lease_until and state.lease_until > now)
            or is_webhook(state.account.incoming),
            next_attempt_at=state.retry_at,
            left_behind=state.refused_count,
        )
        for state in states
    }


def _failing_row() -> QuerySet[MailboxState]:
    return MailboxState.objects.filter(FAILING, pk=OuterRef("pk"))
