"""Doors for the worker."""

from __future__ import annotations

from celery import shared_task

from apps.notifications import domain


@shared_task
def sweep() -> None:
    domain.sweep()
