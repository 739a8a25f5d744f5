"""Doors for the worker."""

from __future__ import annotations

from celery import shared_task

from apps.helpcentre.domain import codes


@shared_task
def answer_code_requests() -> None:
    codes.answer_code_requests()
