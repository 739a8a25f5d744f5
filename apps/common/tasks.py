from __future__ import annotations

from celery import shared_task

from apps.common import heartbeats


@shared_task
def heartbeat() -> None:
    """Show that what beat hands out is worked off."""
    heartbeats.mark(heartbeats.WORKER)
