"""Watch mailboxes until SIGTERM; any number of these may run, each account has one at a time."""

from __future__ import annotations

import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand

from apps.channels.domain.collecting import watch


class Command(BaseCommand):
    help = "Fetch mail as it arrives (IMAP) for every enabled account with an incoming server."

    def handle(self, *_args: Any, **_options: Any) -> None:
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        watch(stop)
