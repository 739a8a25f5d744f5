"""Listen for a mail server that hands mail over, until SIGTERM."""

from __future__ import annotations

import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.channels.domain.collecting import listen

DEFAULT = "127.0.0.1:10024"


class Command(BaseCommand):
    help = (
        "Take mail by LMTP or SMTP from a mail server in front of us. 250 means stored."
        " There is no log-in: keep it to the loopback interface or to a socket file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--lmtp", metavar="PLACE", help=f"HOST:PORT or a socket file ({DEFAULT} when alone)"
        )
        parser.add_argument("--smtp", metavar="PLACE", help="HOST:PORT")

    def handle(self, *_args: Any, **options: Any) -> None:
        endpoints = {name: options[name] for name in ("lmtp", "smtp") if options[name]}
        for place in endpoints.values():
            if "/" not in place and not place.rpartition(":")[2].isdecimal():
                raise CommandError(f"{place} is neither HOST:PORT nor a path.")
        endpoints = endpoints or {"lmtp": DEFAULT}
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.stderr.write(
            "maild: listening on "
            + ", ".join(f"{place} ({name})" for name, place in endpoints.items())
        )
        try:
            listen("mail", endpoints, stop)
        except OSError as error:
            raise CommandError(f"Cannot listen: {error}") from error
