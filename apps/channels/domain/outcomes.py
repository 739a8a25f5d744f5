"""What an attempt to send ended in, written by whoever holds the lease."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.cases import domain as cases
from apps.cases.domain.events import record
from apps.cases.enums import EventKind
from apps.channels.driver import DeliveryError, Receipt
from apps.channels.enums import DeliveryState
from apps.channels.models import Delivery
from apps.channels.models.delivery import PATIENCE

LADDER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30))
LAST_RUNG = timedelta(hours=1)
RETURNABLE = (DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.BOUNCED)
WARN_AFTER = timedelta(hours=24)


def sent(delivery: Delivery, token: str, receipt: Receipt) -> None:
    """The other side took it; recipients that it refused make work for a person."""
    with _held(delivery, token) as mine:
        if not mine:
            return
        delivery.state, delivery.sent_at = DeliveryState.SENT, timezone.now()
        delivery.detail, delivery.remaining = receipt.detail, []
        delivery.refresh_from_db(fields=["returned"])
        returned, delivery.returned = delivery.returned, {}
        if receipt.refused:
            _bounce(delivery, {**receipt.refused, **receipt.deferred})
        elif returned:
            _came_back(delivery, returned)
        elif receipt.deferred:
            delivery.remaining = sorted(receipt.deferred)
            _postpone(delivery, DeliveryError(_reasons(receipt.deferred), permanent=False))


def not_sent(delivery: Delivery, token: str, error: DeliveryError) -> None:
    """Nothing left: the next rung of the ladder, or the end."""
    with _held(delivery, token) as mine:
        if not mine:
            return
        if error.permanent:
            _fail(delivery, error.reason)
        else:
            _postpone(delivery, error)


def unknown(delivery: Delivery, token: str, reason: str) -> None:
    """It was handed over and nobody knows whether it arrived: never repeated by itself."""
    with _held(delivery, token) as mine:
        if not mine:
            return
        delivery.state = DeliveryState.UNKNOWN
        delivery.detail = _("Answer unknown: %(reason)s") % {"reason": reason}
        _tell(delivery, EventKind.DELIVERY_UNKNOWN)


def came_back(delivery: Delivery, returned: Mapping[str, str]) -> None:
    """A report says that a locked delivery did not reach these addresses.

    While it is still being sent to others, the report waits for the end of that.
    """
    trying = delivery.state == DeliveryState.QUEUED and delivery.attempts > 0
    if delivery.state == DeliveryState.SENDING or trying:
        delivery.returned |= returned
        delivery.save(update_fields=["returned"])
    elif delivery.state in RETURNABLE:
        _came_back(delivery, returned)
        delivery.save(update_fields=["state", "detail", "remaining", "settled_at"])


def next_pause(attempts: int) -> timedelta:
    """How long to wait after this many attempts."""
    return LADDER[attempts - 1] if 0 < attempts <= len(LADDER) else LAST_RUNG


def _postpone(delivery: Delivery, error: DeliveryError) -> None:
    """Take the next rung; after five days there is none, after one the agent is warned."""
    now = timezone.now()
    pause = next_pause(delivery.attempts)
    if now + pause > delivery.expires_at:
        _fail(delivery, _("Given up after five days. Last: %(why)s") % {"why": error.reason})
        return
    delivery.state, delivery.next_attempt_at = DeliveryState.QUEUED, now + pause
    delivery.detail, delivery.unreachable = error.reason, error.unreachable
    began = delivery.expires_at - PATIENCE
    if delivery.warned_at is None and now - began >= WARN_AFTER:
        delivery.warned_at = now
        _tell(delivery, EventKind.DELIVERY_DELAYED)


def _bounce(delivery: Delivery, refused: Mapping[str, str]) -> None:
    """Some have got it and some have not: a person decides, and a retry reaches the rest."""
    delivery.state = DeliveryState.BOUNCED
    delivery.remaining = sorted(refused)
    values = {"reasons": _reasons(refused)}
    delivery.detail = _("Not taken for %(reasons)s. The others have got it.") % values
    _tell(delivery, EventKind.DELIVERY_FAILED)


def _came_back(delivery: Delivery, returned: Mapping[str, str]) -> None:
    """Make work for a person; the case waits for us when nobody at all has got it."""
    again = delivery.remaining if delivery.state == DeliveryState.BOUNCED else []
    delivery.state, delivery.settled_at = DeliveryState.BOUNCED, None
    interaction = delivery.interaction
    reached = {party["value"] for party in [*interaction.recipients, *interaction.copies]}
    delivery.remaining = sorted({*again, *returned} & reached)
    reasons = _("Came back from %(reasons)s") % {"reasons": _reasons(returned)}
    delivery.detail = f"{delivery.detail} {reasons}" if again else reasons
    _tell(delivery, EventKind.DELIVERY_FAILED)
    if not reached - set(delivery.remaining):
        _word_failed(delivery)


def _word_failed(delivery: Delivery) -> None:
    """The case waits for us again, unless it was no word to its customer at all."""
    if not delivery.automatic and not delivery.interaction.is_internal:
        cases.word_failed(case_id=delivery.interaction.case_id)


def _reasons(refused: Mapping[str, str]) -> str:
    return "; ".join(f"{address}: {why}" for address, why in refused.items())


def _fail(delivery: Delivery, reason: str) -> None:
    delivery.state, delivery.detail = DeliveryState.FAILED, reason
    _tell(delivery, EventKind.DELIVERY_FAILED)
    _word_failed(delivery)


def _tell(delivery: Delivery, kind: EventKind) -> None:
    record(
        delivery.interaction.case,
        kind,
        interaction=delivery.interaction_id,
        delivery=delivery.pk,
    )


@contextmanager
def _held(delivery: Delivery, token: str) -> Iterator[bool]:
    """Lock the delivery if the lease is still ours, and save it afterwards without one."""
    with transaction.atomic():
        mine = Delivery.objects.select_for_update(of=("self",)).filter(
            pk=delivery.pk, state=DeliveryState.SENDING, lease_token=token
        )
        held = bool(token) and mine.exists()
        yield held
        if held:
            delivery.lease_token, delivery.lease_until = "", None
            delivery.committing = False
            delivery.save()
