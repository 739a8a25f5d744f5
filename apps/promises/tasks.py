"""Doors for the worker."""

from __future__ import annotations

from celery import shared_task

from apps.promises import domain


@shared_task
def fetch_holidays() -> None:
    domain.fetch_due_holidays()
