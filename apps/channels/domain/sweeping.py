"""One bounded pass over everything that a lost nudge or a dead process left behind."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from django.utils import timezone

from apps.channels import registry
from apps.channels.domain import health, restraint
from apps.channels.domain.delivery import busy_accounts, deliver, release_expired
from apps.channels.domain.intake import process
from apps.channels.doors import Resting
from apps.channels.models import Delivery, InboundMessage
from apps.common import sweeping
from apps.live import domain as live

logger = logging.getLogger(__name__)

SECONDS = 20.0
MAX_ITEMS = 500


@dataclass(slots=True)
class Swept:
    """How much one pass did."""

    inputs: int = 0
    released: int = 0
    deliveries: int = 0
    probes: int = 0


def sweep(*, seconds: float = SECONDS, max_items: int = MAX_ITEMS) -> Swept:
    """Take up abandoned inputs, expired leases, due deliveries and lost servers.

    Any number of passes may run at once: every step claims its row by itself. One step that
    fails is logged and does not keep the next from running.
    """
    until = time.monotonic() + seconds
    done = Swept()
    done.inputs = _process_abandoned(until, max_items)
    done.released = release_expired()
    done.probes = health.probe_unreachable()
    done.deliveries = _deliver_due(until, max_items)
    restraint.forget(at=timezone.now())
    live.prune(at=timezone.now())
    sweeping.run(at=timezone.now())
    _let_rest()
    return done


def _process_abandoned(until: float, limit: int) -> int:
    ids = InboundMessage.objects.abandoned(at=timezone.now()).values_list("pk", flat=True)
    count = 0
    for inbound_id in ids[:limit]:
        if time.monotonic() > until:
            break
        try:
            process(inbound_id)
        except Exception:
            logger.exception("input %s could not be processed", inbound_id)
        count += 1
    return count


def _deliver_due(until: float, limit: int) -> int:
    """Send what is due; an account that is busy or slow leaves room for the others."""
    due = Delivery.objects.due(at=timezone.now()).exclude(account__in=busy_accounts())
    count = 0
    for delivery_id in due.values_list("pk", flat=True)[:limit]:
        if time.monotonic() > until:
            break
        try:
            count += deliver(delivery_id)
        except Exception:
            logger.exception("delivery %s could not be tried", delivery_id)
    return count


def _let_rest() -> None:
    for driver in registry.all_drivers():
        if isinstance(driver, Resting):
            driver.rest()
