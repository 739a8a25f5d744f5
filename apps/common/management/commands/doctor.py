from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from apps.common import health


class Command(BaseCommand):
    help = "Look for faults of this installation; exit 1 with a line for each."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        faults = health.run_checks()
        for fault in faults:
            self.stdout.write(f"{fault.check}: {fault.text}")
        if faults:
            sys.exit(1)
        self.stdout.write("No faults found.")
