from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from contactcentre.demo.loading import load


class Command(BaseCommand):
    help = "Loads the demonstration data; where it is loaded already, nothing changes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--force", action="store_true", help="load it into an installation without DEBUG"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.DEBUG and not options["force"]:
            raise CommandError(
                "The demonstration brings log-ins with a known password, so it is for DEBUG=1"
                " only. Add --force to load it all the same."
            )
        number = load()
        self.stdout.write(
            f"{number} cases loaded" if number else "loaded before, nothing has changed"
        )
