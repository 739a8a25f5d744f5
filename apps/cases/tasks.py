"""Doors for the worker."""

from __future__ import annotations

from celery import shared_task

from apps.cases import domain


@shared_task
def give_waiting() -> None:
    domain.give_waiting()
