"""Telling a worker at once that there is work; a nudge that gets lost costs seconds only.

The broker may be down or slow: nobody waits for it (one thread talks to it), the error is
logged, for a while nobody asks again, and the next sweep finds the work.
"""

from __future__ import annotations

import logging
import os
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)

DELIVER = "apps.channels.tasks.deliver"
PAUSE_SECONDS = 15.0


class Nudger:
    """Hands tasks to the broker, one after the other, in a thread of its own."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="nudges")
        self._silent_until = 0.0

    def send(self, task: str, object_id: int) -> Future[bool]:
        """Hand a task over soon; the future says whether the broker took it."""
        return self._thread.submit(self._send, task, object_id)

    def _send(self, task: str, object_id: int) -> bool:
        if time.monotonic() < self._silent_until:
            return False
        try:
            current_app.send_task(task, args=[object_id], queue="interactive", retry=False)
        except Exception as error:  # noqa: BLE001 - each transport raises its own
            self._silent_until = time.monotonic() + PAUSE_SECONDS
            logger.warning("%s(%s) waits for the sweep: %s", task, object_id, error)
            return False
        return True


nudger = Nudger()


def after_commit_deliver(delivery_id: int) -> None:
    """Nudge a worker to send a delivery, once the transaction that made it is committed."""
    transaction.on_commit(partial(_nudge, DELIVER, delivery_id), robust=True)


def _nudge(task: str, object_id: int) -> None:
    nudger.send(task, object_id)


def _begin_anew() -> None:
    """A forked child has no threads of its parent's."""
    global nudger  # noqa: PLW0603 - one a process
    nudger = Nudger()


os.register_at_fork(after_in_child=_begin_anew)
