"""Doors for the worker."""

from __future__ import annotations

from celery import shared_task

from apps.accounts.domain import passwords


@shared_task
def answer_password_requests() -> None:
    passwords.answer_password_requests()
