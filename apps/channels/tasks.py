"""Doors for the worker: ids in, one domain call, safe to run twice."""

from __future__ import annotations

from celery import shared_task

from apps.channels.domain import collecting, delivery, sweeping

FETCH_SECONDS = 40


@shared_task
def deliver(delivery_id: int) -> None:
    delivery.deliver_nudged(delivery_id)


@shared_task
def sweep() -> None:
    sweeping.sweep()


@shared_task
def fetch() -> None:
    """Fetch what no watcher looks after; less than the time between two of these."""
    collecting.fetch(seconds=FETCH_SECONDS)
