"""The worker of ``manage.py portal``: all queues, four threads, and beat as a fifth."""

from __future__ import annotations

import gc
import logging
import warnings
from typing import Any

import django
from celery.exceptions import SecurityWarning
from celery.signals import worker_ready
from django.core.management import call_command

from contactcentre.celery import QUEUES, app

CONCURRENCY = 4


def main() -> None:
    """Work until SIGTERM or SIGINT."""
    # Celery fears pickled messages under root; ours are JSON alone.
    warnings.simplefilter("ignore", SecurityWarning)
    django.setup()
    call_command("prepare", verbosity=0)
    worker_ready.connect(_on_ready, weak=False)
    gc.freeze()
    app.worker_main(
        [
            "--quiet",
            "worker",
            "--pool=threads",
            f"--concurrency={CONCURRENCY}",
            f"--queues={','.join(QUEUES)}",
            "--loglevel=WARNING",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )


def _on_ready(**_: Any) -> None:
    from apps.common import heartbeats
    from contactcentre.beat import start_beat

    logging.getLogger(__name__).info("the worker takes tasks")
    heartbeats.try_to_mark(heartbeats.WORKER)
    start_beat(app)


if __name__ == "__main__":
    main()
