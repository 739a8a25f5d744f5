from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from contactcentre import preparation

# Of the API's packages only Swagger has a page here.
UNUSED = ("rest_framework", "redoc")


class Command(BaseCommand):
    help = "Bring translations, database and static files up to this code. Cheap when they are."

    def handle(self, *_args: Any, verbosity: int, **_options: Any) -> None:
        call_command("compiletranslations", verbosity=verbosity)
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=verbosity)
        if preparation.is_current(settings.VAR_DIR):
            return
        if not settings.DEBUG:
            call_command(
                "collectstatic",
                interactive=False,
                clear=True,
                verbosity=0,
                ignore_patterns=list(UNUSED),
            )
        preparation.write_stamp(settings.VAR_DIR)
