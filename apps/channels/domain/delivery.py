"""Sending what stands in the outbox: claim under a lease, hand over, write down the outcome.

Nothing slow happens inside a transaction. Whoever holds the lease writes; a lease that ran out
is taken back by ``release_expired``.
"""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.channels import registry
from apps.channels.domain import health, outcomes
from apps.channels.domain.composing import compose
from apps.channels.driver import AnswerUnknown, DeliveryError
from apps.channels.enums import DeliveryState
from apps.channels.errors import LeaseLost
from apps.channels.models import Delivery

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=180)
MAX_IN_FLIGHT = 3


def deliver(delivery_id: int, *, at: datetime | None = None) -> bool:
    """Try to send one delivery that is due; returns whether this call tried.

    Safe to call any number of times at once: one caller gets the lease, the others return.
    What was handed over without an answer is never repeated here.
    """
    at = at or timezone.now()
    token = secrets.token_hex(16)
    if not _claim(delivery_id, token, at):
        return False
    delivery = Delivery.objects.select_related("account", "interaction__case").get(pk=delivery_id)
    _hand_over(delivery, token)
    return True


def deliver_if_free(delivery_id: int) -> bool:
    """As ``deliver``, but leaves it to the sweep while its account keeps enough workers busy."""
    account = Delivery.objects.filter(pk=delivery_id).values("account")
    if not busy_accounts().filter(account__in=account).exists():
        return deliver(delivery_id)
    return False


def busy_accounts() -> QuerySet[Delivery, Any]:
    """Accounts that hold as many leases as one may: a slow server stops nobody else's mail."""
    sending = Delivery.objects.filter(state=DeliveryState.SENDING).order_by()
    counted = sending.values("account").annotate(number=Count("pk"))
    return counted.filter(number__gte=MAX_IN_FLIGHT).values("account")


def _hand_over(delivery: Delivery, token: str) -> None:
    def about_to_commit() -> None:
        mine = Delivery.objects.filter(pk=delivery.pk, lease_token=token)
        mine = mine.filter(state=DeliveryState.SENDING, lease_until__gt=timezone.now())
        if not mine.update(committing=True, lease_until=timezone.now() + LEASE):
            raise LeaseLost
        delivery.committing = True

    account = delivery.account
    try:
        message = compose(delivery)
        receipt = registry.get(account.channel).send(account.as_view(), message, about_to_commit)
    except LeaseLost:
        logger.warning("delivery %s was taken over while it was being sent", delivery.pk)
    except AnswerUnknown as error:
        outcomes.unknown(delivery, token, error.reason)
    except DeliveryError as error:
        outcomes.not_sent(delivery, token, error)
        health.note_error(account, error.reason, unreachable=error.unreachable)
    except Exception as error:
        logger.exception("delivery %s failed", delivery.pk)
        fault = f"{type(error).__name__}: {error}"
        if delivery.committing:
            outcomes.unknown(delivery, token, fault)
        else:
            outcomes.not_sent(delivery, token, DeliveryError(fault, permanent=False))
    else:
        outcomes.sent(delivery, token, receipt)
        health.note_success(account)


def release_expired(*, at: datetime | None = None) -> int:
    """Take back leases that ran out; returns how many.

    What was not yet handed over is queued again; what may have been is ``unknown`` for good,
    until a person decides.
    """
    at = at or timezone.now()
    expired = Delivery.objects.filter(state=DeliveryState.SENDING, lease_until__lte=at)
    count = expired.filter(committing=False).update(
        state=DeliveryState.QUEUED,
        next_attempt_at=at,
        lease_token="",
        lease_until=None,
        detail=_("The worker that was sending it stopped; trying again."),
    )
    for delivery in expired.filter(committing=True).select_related("interaction__case")[:100]:
        reason = _("The worker stopped while the server was taking the message.")
        outcomes.unknown(delivery, delivery.lease_token, reason)
        count += 1
    return count


@transaction.atomic
def _claim(delivery_id: int, token: str, at: datetime) -> bool:
    """Take the lease in one statement, so that of many who try one succeeds."""
    claimed = (
        Delivery.objects.due(at=at)
        .order_by()
        .filter(pk=delivery_id)
        .update(
            state=DeliveryState.SENDING,
            attempts=F("attempts") + 1,
            lease_token=token,
            lease_until=at + LEASE,
            committing=False,
        )
    )
    return claimed == 1
