"""Sending what stands in the outbox: claim under a lease, hand over, write down the outcome.

Nothing slow happens inside a transaction. Whoever holds the lease writes; a lease that ran out
is taken back by ``release_expired``.
"""

from __future__ import annotations

import logging
import random
import secrets
import threading
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.cases import domain as cases
from apps.channels.domain import health, outcomes
from apps.channels.domain.composing import compose
from apps.channels.driver import AnswerUnknown, DeliveryError
from apps.channels.enums import DeliveryState
from apps.channels.errors import LeaseLost
from apps.channels.models import Delivery
from apps.common.sentences import gettext as _

logger = logging.getLogger(__name__)

# Longer than any step of a driver, and short, so that a worker's death costs little.
LEASE = timedelta(seconds=60)
RENEW_AFTER = timedelta(seconds=5)
COMMIT_LEASE = timedelta(seconds=180)
MAX_SESSION = timedelta(minutes=10)
MAX_IN_FLIGHT = 3
MAX_RELEASED = 100
BATCH = 50
BATCH_SECONDS = 5.0
MAX_AHEAD = 10_000


def deliver(delivery_id: int, *, at: datetime | None = None) -> bool:
    """Try to send one delivery that is due; returns whether this call tried.

    Safe to call any number of times at once: one caller gets the lease, the others return.
    What was handed over without an answer is never repeated here.
    """
    at = at or timezone.now()
    token = secrets.token_hex(16)
    if not _claim(delivery_id, token, at):
        return False
    related = ("account", "interaction__case", "interaction__author")
    delivery = Delivery.objects.select_related(*related).get(pk=delivery_id)
    _hand_over(delivery, token)
    return True


def deliver_nudged(delivery_id: int) -> int:
    """As ``deliver``, and then what else waits for the same account; returns how many were tried.

    Ends after some seconds, so that nobody else's mail waits for long. Left to the sweep while
    the account keeps enough workers busy. Whatever is sent ahead of its own nudge is remembered,
    since a task that finds nothing to do costs as much as a mail.
    """
    if _ahead.take(delivery_id):
        return 0
    account = Delivery.objects.filter(pk=delivery_id).values("account")
    if busy_accounts().filter(account__in=account).exists():
        return 0
    tried = int(deliver(delivery_id))
    until = time.monotonic() + BATCH_SECONDS
    while tried and time.monotonic() < until:
        waiting = Delivery.objects.due(at=timezone.now()).filter(account__in=account)
        ids = list(waiting.values_list("pk", flat=True)[:BATCH])
        random.shuffle(ids)  # other threads look at the same rows
        before = tried
        for other in ids:
            if time.monotonic() < until and deliver(other):
                _ahead.add(other)
                tried += 1
        if tried == before:
            break
    return tried


def busy_accounts() -> QuerySet[Delivery, Any]:
    """Accounts that hold as many leases as one may: a slow server stops nobody else's mail."""
    sending = Delivery.objects.filter(state=DeliveryState.SENDING).order_by()
    counted = sending.values("account").annotate(number=Count("pk"))
    return counted.filter(number__gte=MAX_IN_FLIGHT).values("account")


class _Ahead:
    """Deliveries of this process whose nudges are still to come; each is met once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: dict[int, None] = {}

    def add(self, delivery_id: int) -> None:
        with self._lock:
            self._ids[delivery_id] = None
            if len(self._ids) > MAX_AHEAD:
                del self._ids[next(iter(self._ids))]

    def take(self, delivery_id: int) -> bool:
        with self._lock:
            return self._ids.pop(delivery_id, delivery_id) is None


_ahead = _Ahead()


class Lease:
    """A worker's hold on a delivery while it talks to the other side."""

    def __init__(self, delivery: Delivery, token: str) -> None:
        self.delivery = delivery
        self.token = token
        self.began = self.renewed = timezone.now()

    def renew(self) -> None:
        """Keep the delivery ours; raises LeaseLost, or DeliveryError when it takes too long."""
        now = timezone.now()
        if now - self.began > MAX_SESSION:
            raise DeliveryError(_("The server took too long."), permanent=False)
        if now - self.renewed >= RENEW_AFTER:
            self._extend(now, LEASE)

    def about_to_commit(self) -> None:
        """From now on the other side may have the message; raises LeaseLost."""
        self._extend(timezone.now(), COMMIT_LEASE, committing=True)
        self.delivery.committing = True

    def _extend(self, now: datetime, span: timedelta, **values: bool) -> None:
        mine = Delivery.objects.filter(pk=self.delivery.pk, lease_token=self.token)
        mine = mine.filter(state=DeliveryState.SENDING, lease_until__gt=now)
        if not mine.update(lease_until=now + span, **values):
            raise LeaseLost
        self.renewed = now


def _hand_over(delivery: Delivery, token: str) -> None:
    account, lease = delivery.account, Lease(delivery, token)
    if not account.is_enabled:
        reason = _("The account %(account)s is disabled: held back until somebody enables it.")
        held = DeliveryError(reason % {"account": account.name}, permanent=False, unreachable=True)
        outcomes.not_sent(delivery, token, held)
        return
    try:
        driver = health.driver_of(account)
        if delivery.interaction and delivery.interaction.pending:
            cases.word_left(interaction_id=delivery.interaction.pk)
        view, message = account.as_view(), compose(delivery)
        receipt = driver.send(view, message, lease.about_to_commit, lease.renew)
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

    What was not yet handed over takes the next rung of the ladder; what may have been is
    ``unknown`` for good, until a person decides.
    """
    at = at or timezone.now()
    expired = Delivery.objects.filter(state=DeliveryState.SENDING, lease_until__lte=at)
    stopped = DeliveryError(_("The worker that was sending it stopped."), permanent=False)
    count = 0
    found = expired.select_related("interaction__case").order_by("lease_until", "pk")
    for delivery in found[:MAX_RELEASED]:
        token = secrets.token_hex(16)
        same = expired.filter(pk=delivery.pk, committing=delivery.committing)
        if not same.update(lease_token=token, lease_until=at + LEASE):
            continue  # its worker lives, or somebody else takes it back
        count += 1
        if delivery.committing:
            reason = _("The worker stopped while the server was taking the message.")
            outcomes.unknown(delivery, token, reason)
        else:
            outcomes.not_sent(delivery, token, stopped)
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
            dated_at=Coalesce("dated_at", Value(at)),
        )
    )
    return claimed == 1
