from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contactcentre.simulate.running import simulate


class Command(BaseCommand):
    help = "Makes realistic volume for tests of scale, over all channels and in two languages."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cases", type=int, required=True, help="how many cases")
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same stories")
        parser.add_argument("--days", type=float, default=90, help="how far back the first began")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["cases"] < 1 or not 0 < options["days"] < 36500:
            raise CommandError("Give at least one case, and days between 0 and 36500.")
        began = time.monotonic()
        made = simulate(cases=options["cases"], seed=options["seed"], days=options["days"])
        seconds = time.monotonic() - began
        self.stdout.write(
            f"{made.cases} cases with {made.interactions} interactions in {seconds:.1f} s"
            f" ({made.cases / seconds:.0f} cases a second)"
        )
