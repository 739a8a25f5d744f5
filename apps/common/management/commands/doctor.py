from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from apps.common import health


class Command(BaseCommand):
    help = "Look for faults; exit 1 with a line for each. What waits for people is told as well."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = health.run_checks()
        for fault in found:
            self.stdout.write(f"{fault.check}: {fault.text}")
        if not all(fault.is_work for fault in found):
            sys.exit(1)
        work = "; what stands above is work for people" if found else ""
        self.stdout.write(f"No faults of the installation found{work}.")
