"""Faults of an installation that ``doctor`` looks for whatever apps there are."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from apps.common import broker, health, heartbeats

SILENT_AFTER = timedelta(seconds=60)
FREE_MEGABYTES = 500


def register() -> None:
    """Register the checks, the deepest first."""
    health.register("database", find_database_faults)
    health.register("migrations", find_missing_migrations)
    health.register("broker", find_broker_faults)
    health.register("beat", lambda: find_silence(heartbeats.BEAT))
    health.register("worker", lambda: find_silence(heartbeats.WORKER))
    health.register("disk", find_full_disk)


def find_database_faults() -> Iterator[str]:
    """Look whether the database answers."""
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        yield _("does not answer (%(error)s); check DATABASE_URL and the server.") % {
            "error": error
        }


def find_missing_migrations() -> Iterator[str]:
    """Look whether the database has every migration of this version."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        yield _("%(count)d not applied; run “python manage.py migrate”.") % {"count": len(missing)}


def find_broker_faults() -> Iterator[str]:
    """Look whether a task could be handed over."""
    fault = broker.find_fault()
    if fault:
        yield _("not reachable (%(fault)s); check CELERY_BROKER_URL and the server.") % {
            "fault": fault
        }


def find_silence(name: str) -> Iterator[str]:
    """Look when a part of the portal was last seen alive."""
    silence = heartbeats.silence(name)
    if silence is None:
        yield _("was never seen; start “python manage.py portal”.")
    elif silence > SILENT_AFTER:
        seconds = int(silence.total_seconds())
        yield _("silent for %(seconds)d s; look at the portal's log and restart it.") % {
            "seconds": seconds
        }


def find_full_disk() -> Iterator[str]:
    """Look whether what arrives can still be stored."""
    free = shutil.disk_usage(settings.VAR_DIR).free // 1_000_000
    if free < FREE_MEGABYTES:
        yield _("only %(free)d MB free in %(folder)s; make room.") % {
            "free": free,
            "folder": settings.VAR_DIR,
        }
