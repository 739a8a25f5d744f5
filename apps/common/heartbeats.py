"""Marks that beat and the workers leave in the database, so that their silence is noticed."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.utils import timezone

from apps.common.models import Heartbeat

logger = logging.getLogger(__name__)

BEAT = "beat"
WORKER = "worker"


def mark(name: str, *, at: datetime | None = None) -> None:
    """Write that ``name`` is alive at ``at`` (now unless given)."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": at or timezone.now()})


def try_to_mark(name: str) -> None:
    """Like ``mark``; a database that is away is logged and otherwise ignored."""
    try:
        mark(name)
    except DatabaseError:
        logger.warning("the heartbeat of %s could not be written", name, exc_info=True)


def silence(name: str, *, at: datetime | None = None) -> timedelta | None:
    """Return how long ``name`` has been silent at ``at``; nothing when it never spoke."""
    seen = Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()
    return (at or timezone.now()) - seen if seen else None
