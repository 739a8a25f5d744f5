"""Doors for the worker: ids in, one domain call, safe to run twice."""

from __future__ import annotations

from celery import shared_task

from apps.channels import domain
from apps.channels.domain import delivery, sweeping


@shared_task
def deliver(delivery_id: int) -> None:
    delivery.deliver_if_free(delivery_id)


@shared_task(queue="intake")
def process_inbound(inbound_id: int) -> None:
    domain.process(inbound_id)


@shared_task
def sweep() -> None:
    sweeping.sweep()
