"""Runs the portal's own commands in forked children and kills them at random moments.

``python -m tests.faults.doomed receive SEED BATCH FILE…`` hands mails over as a server would:
each batch again until its process answers. ``… deliver SEED`` sweeps until nothing is pending.
Both print how many children were killed. A killed process is one that is dead at once
(SIGKILL), in the middle of whatever it did.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import django
from django.core.management import call_command
from django.db import connections
from django.utils import timezone


def child_of(action: Callable[[], object]) -> int:
    """Fork a child with connections of its own that does one thing and ends."""
    for connection in connections.all():
        connection.close()
        getattr(connection, "close_pool", bool)()  # a pool's sockets must not be shared
    child = os.fork()
    if child == 0:
        try:
            action()
        except BaseException:  # noqa: BLE001 - a forked child must not return
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    return child


def survives(action: Callable[[], object], seconds: float) -> bool:
    """Let a child do something and kill it after so long; True when it was faster."""
    child = child_of(action)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert status == 0, status
            return True
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def let_time_pass() -> None:
    """Let the leases of the dead run out, and the pauses after them, without waiting for it."""
    from apps.channels.models import Delivery, InboundMessage

    past = timezone.now() - timedelta(days=1)
    Delivery.objects.filter(state="sending").update(lease_until=past)
    Delivery.objects.filter(state="queued").update(next_attempt_at=past)
    InboundMessage.objects.filter(state="received").update(next_attempt_at=past)


def take_in(chance: random.Random, size: int, names: list[str]) -> int:
    kills = 0
    began = time.monotonic()
    survives(lambda: call_command("receive", "mail", *names[:size]), 60)
    usual = time.monotonic() - began
    for start in range(0, len(names), size):
        batch = names[start : start + size]
        tries = 0
        while not survives(
            lambda batch=batch: call_command("receive", "mail", *batch),
            chance.uniform(0, usual * (1 + tries / 5)),
        ):
            kills, tries = kills + 1, tries + 1
    return kills


def send_out(chance: random.Random) -> int:
    from apps.channels.models import Delivery

    kills = tries = 0
    while Delivery.objects.filter(state__in=["queued", "sending"]).exists():
        seconds = chance.uniform(0, 0.3 + tries / 100)  # a slow machine comes to an end, too
        kills += not survives(lambda: call_command("sweep"), seconds)
        tries += 1
        let_time_pass()
    return kills


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "contactcentre.settings"
    django.setup()
    what, seed, *words = sys.argv[1:]
    if what == "receive":
        killed = take_in(random.Random(seed), int(words[0]), words[1:])
    else:
        killed = send_out(random.Random(seed))
    print("killed", killed)
