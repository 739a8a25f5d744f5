from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from apps.search import domain


class Command(BaseCommand):
    help = "Makes the search index anew from everything that can be found."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"{domain.rebuild()} documents indexed")
