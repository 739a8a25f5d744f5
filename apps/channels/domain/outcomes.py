"""What an attempt to send ended in, written by whoever holds the lease."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.cases import domain as cases
from apps.cases.domain.events import record
from apps.cases.enums import EventKind
from apps.channels.driver import DeliveryError, Receipt
from apps.channels.enums import DeliveryState
from apps.channels.models import Delivery, SystemMail
from apps.channels.models.delivery import PATIENCE
from apps.common.sentences import gettext as _
from apps.customers import domain as customers

LADDER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30))
LAST_RUNG = timedelta(hours=1)
RETURNABLE = (DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.BOUNCED)
WARN_AFTER = timedelta(hours=24)


def sent(delivery: Delivery, token: str, receipt: Receipt) -> None:
    """The other side took it for some or all.

    Whom it may take later stays on the ladder; whom it refuses makes work for a person, once
    the others are settled.
    """
    with _held(delivery, token) as mine:
        if not mine:
            return
        delivery.sent_at = timezone.now()
        delivery.refused = {**delivery.refused, **receipt.refused}
        delivery.remaining = sorted(receipt.deferred)
        _mark_gone(delivery, receipt.gone)
        if receipt.deferred:
            if receipt.refused:
                _tell(delivery, EventKind.DELIVERY_FAILED)
            _postpone(delivery, DeliveryError(_reasons(receipt.deferred), permanent=False))
        elif delivery.refused:
            values = {"reasons": _reasons(delivery.refused)}
            _end_partly(delivery, _("Not taken for %(reasons)s. The others have got it.") % values)
        else:
            delivery.state, delivery.detail = DeliveryState.SENT, receipt.detail
            if delivery.interaction is None:  # whoever has the mail has its link
                SystemMail.objects.filter(pk=delivery.pk).update(text="")
        if not receipt.deferred:
            _take_back_returned(delivery)


def not_sent(delivery: Delivery, token: str, error: DeliveryError) -> None:
    """Nothing left: the next rung of the ladder, or the end."""
    with _held(delivery, token) as mine:
        if not mine:
            return
        _mark_gone(delivery, error.gone)
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
        delivery.save(update_fields=["state", "detail", "remaining", "refused", "settled_at"])


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
    delivery.detail, delivery.unreachable = _with_refused(delivery, error.reason), error.unreachable
    began = delivery.expires_at - PATIENCE
    if delivery.warned_at is None and now - began >= WARN_AFTER:
        delivery.warned_at = now
        _tell(delivery, EventKind.DELIVERY_DELAYED)


def _fail(delivery: Delivery, reason: str) -> None:
    """Nobody will get it any more who has not got it yet."""
    if delivery.is_partly_sent:
        values = {"reason": reason, "reached": ", ".join(delivery.reached)}
        reached = _("%(reason)s (got it already: %(reached)s)") % values
        _end_partly(delivery, _with_refused(delivery, reached))
        return
    delivery.state, delivery.detail = DeliveryState.FAILED, reason
    _make_work(delivery)


def _end_partly(delivery: Delivery, detail: str) -> None:
    """Some have got it and some have not: a person decides, and a retry reaches the rest."""
    delivery.state, delivery.detail = DeliveryState.BOUNCED, detail
    delivery.remaining = sorted({*delivery.remaining, *delivery.refused})
    _make_work(delivery)


def _make_work(delivery: Delivery) -> None:
    _tell(delivery, EventKind.DELIVERY_FAILED)
    said = delivery.interaction
    if said is None or delivery.automatic or said.is_internal:
        return
    if delivery.misses_its_addressee:
        delivery.save(update_fields=["state"])  # whoever hears of it asks what has left
        cases.word_failed(case_id=said.case_id)


def _mark_gone(delivery: Delivery, gone: Mapping[str, str]) -> None:
    """Mark addresses of which the server itself says at once what a report says later."""
    for party in delivery.parties:
        if reason := gone.get(party["value"]):
            kind = party["kind"]
            customers.mark_undeliverable(kind=kind, value=party["value"], reason=reason)


def _take_back_returned(delivery: Delivery) -> None:
    """Heed the reports that were quicker than the answer of the server itself."""
    returned, delivery.returned = delivery.returned, {}
    if returned:
        _came_back(delivery, returned)


def _came_back(delivery: Delivery, returned: Mapping[str, str]) -> None:
    """Somebody who seemed to have got it has not: work for a person."""
    again = delivery.state == DeliveryState.BOUNCED
    ours = {party["value"] for party in delivery.parties}
    known = {address: why for address, why in returned.items() if address in ours}
    delivery.refused, delivery.settled_at = {**delivery.refused, **known}, None
    reasons: str = _("Came back from %(reasons)s") % {"reasons": _reasons(returned)}
    if again:
        reasons = _("%(before)s %(reasons)s") % {"before": delivery.detail, "reasons": reasons}
    _end_partly(delivery, reasons)


def _reasons(refused: Mapping[str, str]) -> str:
    return "; ".join(f"{address}: {why}" for address, why in refused.items())


def _with_refused(delivery: Delivery, reason: str) -> str:
    """The reason of the last attempt, after whom earlier ones were refused for good."""
    if not delivery.refused:
        return reason
    values = {"refused": _reasons(delivery.refused), "reason": reason}
    return _("Refused for good: %(refused)s. Last: %(reason)s") % values


def _tell(delivery: Delivery, kind: EventKind) -> None:
    """Write it into the case's story; the portal's own mail has none."""
    if said := delivery.interaction:
        record(said.case, kind, interaction=said.pk, delivery=delivery.pk)


@contextmanager
def _held(delivery: Delivery, token: str) -> Iterator[bool]:
    """Lock the delivery if the lease is still ours, and save it afterwards without one."""
    with transaction.atomic():
        mine = Delivery.objects.select_for_update(of=("self",)).filter(
            pk=delivery.pk, state=DeliveryState.SENDING, lease_token=token
        )
        now = mine.values("returned").first() if token else None
        held = now is not None
        if now is not None:  # reports may have come meanwhile
            delivery.returned = now["returned"]
        yield held
        if held:
            delivery.lease_token, delivery.lease_until = "", None
            delivery.committing = False
            delivery.save()
