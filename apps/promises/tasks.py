"""Doors for the worker."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from apps.promises import domain


@shared_task
def tick() -> None:
    """Let the clock look once; a tick that is lost costs the time until the next."""
    domain.tick()


@shared_task
def sweep() -> None:
    domain.sweep(at=timezone.now())


@shared_task
def fetch_holidays() -> None:
    domain.fetch_due_holidays()
