from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.accounts.domain import answer_password_requests
from apps.cases.domain import give_waiting
from apps.channels.domain.collecting import fetch
from apps.channels.domain.sweeping import sweep
from apps.notifications import domain as notifications
from apps.promises import domain as promises


class Command(BaseCommand):
    help = "Do once everything that beat has done every few seconds, then exit."

    def handle(self, *_args: Any, **_options: Any) -> None:
        answer_password_requests()
        looked_at = fetch()
        notifications.sweep()
        done = sweep(seconds=float("inf"), max_items=100_000)
        given = give_waiting()
        promised = promises.tick(seconds=float("inf"))
        ended = promises.sweep(at=timezone.now())
        promises.fetch_due_holidays()
        self.stdout.write(
            f"{looked_at} mailboxes, {done.inputs} inputs, {done.released} leases,"
            f" {done.deliveries} deliveries, {done.probes} accounts, {given + ended} cases,"
            f" {promised} promises"
        )
