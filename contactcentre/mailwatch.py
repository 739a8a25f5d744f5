"""The watcher of mailboxes as a child of ``manage.py portal``, run only where it is needed.

A Django process weighs a lot, and many a portal has no mailbox. So the worker looks now and
then whether there is something to watch and tells the supervisor, which starts this; and
this ends by itself when there has been nothing to watch for a while.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import signal
from threading import Event

import django

SUPERVISOR = "PORTAL_SUPERVISOR"
WANTED = signal.SIGUSR1
IDLE_SECONDS = 60.0

logger = logging.getLogger(__name__)


def call_if_needed() -> None:
    """Tell the supervisor, if this process has one, that there are mailboxes to watch."""
    supervisor = os.environ.get(SUPERVISOR, "")
    if not supervisor.isdecimal() or os.getppid() != int(supervisor):
        return
    from apps.channels.domain.collecting import anything_to_watch

    try:
        needed = anything_to_watch()
    except Exception:
        logger.warning("cannot tell whether there are mailboxes to watch", exc_info=True)
        return
    if needed:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(supervisor), WANTED)


def main() -> None:
    """Watch until SIGTERM or SIGINT, or until there is nothing to watch."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    django.setup()
    gc.freeze()
    from apps.channels.domain.collecting import watch

    watch(stop, idle_seconds=IDLE_SECONDS)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contactcentre.settings")
    main()
