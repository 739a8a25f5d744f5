"""The clock of promises: how late it tells what comes due, and what it costs when nothing does."""

from __future__ import annotations

import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator, Iterator
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.cases.enums import EventKind
from apps.cases.models import Case, CaseEvent
from apps.promises import domain
from apps.promises.domain.stages import STAGES, moment_of
from apps.promises.enums import Kind, Stage, State
from apps.promises.models import Promise, Reminder
from benchmarks.figures import LEAST, Figure, say
from benchmarks.measuring import percentile
from contactcentre.demo.loading import load
from contactcentre.simulate.running import simulate
from contactcentre.simulate.tables import Table

CASES = 1_000
OPEN, DUE = 100_000, 1_000
SMALL, LARGE = 10_000, 1_000_000
TICKS, WARM_UP = 200, 20
WORKER_SECONDS = 60
MINUTE = 60.0
PATIENCE_SECONDS = 240
FAR = timedelta(days=30)


def clock(database: str, *, full: bool = False) -> Iterator[Figure]:
    """100,000 open promises of which 1,000 break in one minute; idle ticks beside few and many."""
    load()
    simulate(cases=CASES, seed=1, days=10)
    domain.tick(seconds=60)
    cases = list(Case.objects.values_list("pk", flat=True))
    owner = User.objects.get(username="agent")
    made = _promise(cases, owner, SMALL, far=True)
    few = yield from _idle(database, made)
    made += _promise(cases, owner, OPEN - SMALL - DUE, far=True)
    yield from _idle(database, made)
    yield from _lateness(database, cases, owner)
    if full:
        made += _promise(cases, owner, LARGE - made, far=True)
        many = yield from _idle(database, made)
        growth = many / few
        yield Figure("clock", database, f"idle tick, {LARGE:,} to {SMALL:,}", growth, "times", 1.2)


def _promise(cases: list[int], owner: User, number: int, *, far: bool) -> int:
    """Write open promises: due in a month, or within a minute from when a worker has started."""
    say(f"{number:,} promises more")
    table = Table(
        Promise,
        *("id", "case", "kind", "text", "owner", "made_at", "automatic", "due_at", "deadline"),
        *("timezone", "state", "stage", "next_check_at", "line_since"),
    )
    now = timezone.now()
    for n in range(number):
        if far:
            made_at, due, stage = now, now + FAR + timedelta(seconds=n % 3600), 0
        else:  # all that comes before the end was told long ago
            due = now + timedelta(seconds=WORKER_SECONDS + MINUTE * n / number)
            made_at, stage = now - FAR, STAGES.index(Stage.BROKEN)
        clock = Promise(made_at=made_at, deadline=due)
        table.add(
            *(table.next_id(), cases[n % len(cases)], Kind.FOLLOW_UP, "Soon", owner.pk, made_at),
            *(False, due, due, "Asia/Shanghai", State.OPEN, stage),
            *(moment_of(clock, STAGES[stage]), made_at),
        )
    with transaction.atomic():
        table.write()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return number


def _idle(database: str, number: int) -> Generator[Figure, None, float]:
    """The median tick of many when nothing is due; returns it in milliseconds."""
    times = []
    for _ in range(WARM_UP + TICKS):
        began = time.perf_counter()
        moved = domain.tick()
        if not moved:  # what was simulated may come due meanwhile
            times.append((time.perf_counter() - began) * 1000)
    median = statistics.median(times[WARM_UP:])
    note = f"p99 {percentile(times[WARM_UP:], 0.99):.1f} ms"
    yield Figure("clock", database, f"idle tick at {number:,} open", median, "ms", 5, note=note)
    return median


def _lateness(database: str, cases: list[int], owner: User) -> Iterator[Figure]:
    """One worker, which has started when the first of them comes due."""
    began = timezone.now()
    _promise(cases, owner, DUE, far=False)
    newest = Promise.objects.order_by("-pk").values_list("pk", flat=True)
    keys = list(newest[:DUE])
    told = Reminder.objects.filter(promise__in=keys, stage=Stage.BROKEN)
    worker = subprocess.Popen([sys.executable, "-m", "contactcentre.worker"])
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        time.sleep(WORKER_SECONDS + MINUTE)
        while told.count() < DUE and time.monotonic() < until:
            time.sleep(1)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(30)
    late = [(one.at - one.due_at).total_seconds() for one in told]
    broken = CaseEvent.objects.filter(kind=EventKind.PROMISE_BROKEN, at__gte=began)
    events = Counter(data["promise"] for data in broken.values_list("data", flat=True))
    once = sum(events[key] == 1 for key in keys)
    name = f"{DUE:,} of {OPEN:,} due in one minute"
    p50, p99 = percentile(late, 0.5), percentile(late, 0.99)
    yield Figure("clock", database, f"{name}, late by p50", p50, "s", 2)
    yield Figure("clock", database, f"{name}, late by p99", p99, "s", 15)
    yield Figure("clock", database, "broken exactly once", once, "", DUE, LEAST)
