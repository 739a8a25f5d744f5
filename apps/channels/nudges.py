"""Telling a worker at once that there is work; a nudge that gets lost costs seconds only.

The broker may be down: then the error is logged and the next sweep finds the work.
"""

from __future__ import annotations

import logging
from functools import partial

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)

DELIVER = "apps.channels.tasks.deliver"


def after_commit_deliver(delivery_id: int) -> None:
    """Nudge a worker to send a delivery, once the transaction that made it is committed."""
    transaction.on_commit(partial(_send, DELIVER, delivery_id), robust=True)


def _send(task: str, object_id: int) -> None:
    try:
        current_app.send_task(task, args=[object_id], queue="interactive", retry=False)
    except Exception:
        logger.warning("%s(%s) waits for the sweep", task, object_id, exc_info=True)
