"""Beat as a thread of a worker: only intervals of seconds, so nothing is kept on disk."""

from __future__ import annotations

import logging
import time
from typing import Any

from celery import Celery
from celery.beat import EmbeddedService, Scheduler

from apps.common import heartbeats
from contactcentre import mailwatch

logger = logging.getLogger(__name__)

BEAT_SECONDS = 10.0


class PulsingScheduler(Scheduler):
    """Hands out what is due, and leaves a mark in the database that it is alive.

    A broker or a database that is away is waited out: this thread must not end.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        self._marked_at = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Do one step; return the seconds until the next."""
        if time.monotonic() - self._marked_at >= BEAT_SECONDS:
            self._marked_at = time.monotonic()
            heartbeats.try_to_mark(heartbeats.BEAT)
            mailwatch.call_if_needed()
        try:
            seconds: float = super().tick(*args, **kwargs)  # type: ignore[no-untyped-call]
        except Exception:
            logger.warning("beat could not hand out a task", exc_info=True)
            return 1.0
        return seconds


def start_beat(app: Celery) -> None:
    """Start beat in a daemon thread of this process."""
    EmbeddedService(app, thread=True, scheduler_cls=PulsingScheduler).start()
