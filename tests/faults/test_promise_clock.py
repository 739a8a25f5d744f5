"""Promises come due while workers die and the broker forgets: each is told once, and soon.

Two workers, each with a beat of its own. What counts is the time during which at least one of
them takes tasks: within 15 s of it everything that has come due is told.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from contactcentre.lifeline import die_with_parent
from tests.services import Absent, find_free_port, skip_or_fail, wait_until
from tests.services.portal import ROOT, environment_of
from tests.services.postgres import running_postgres
from tests.services.redis import running_redis

pytestmark = pytest.mark.slow

NUMBER, FIRST, LAST = 60, 5.0, 180.0
STAGES = {"half", "three_quarters", "soon", "broken"}
WITHIN = 15.0
START_SECONDS = 120.0
PAUSE = (4.0, 9.0)

type Fault = Callable[[], None]


class Worker:
    """One worker that dies and comes again; ``spans`` are the times in which it took tasks."""

    def __init__(self, name: str, folder: Path, environment: dict[str, str]) -> None:
        self.mark = folder / f"{name}.ready"
        self.log = folder / f"{name}.log"
        self.environment = environment
        self.spans: list[tuple[float, float]] = []
        self.start()

    def start(self) -> None:
        self.mark.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.watched_worker", str(self.mark)],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent(os.getpid()),
            )

    @property
    def is_ready(self) -> bool:
        return self.mark.exists() and self.process.poll() is None

    def kill(self) -> None:
        """SIGKILL, in the middle of whatever it does."""
        if self.mark.exists():
            self.spans.append((self.mark.stat().st_mtime, time.time()))
        self.process.kill()
        self.process.wait()


class Broker:
    """A Redis server that is flushed, and stopped and started again."""

    def __init__(self) -> None:
        self.port = find_free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.stack = contextlib.ExitStack()
        self.start()

    def start(self) -> None:
        self.stack.enter_context(running_redis(self.port))

    def flush(self) -> None:
        redis.Redis(port=self.port).flushall()

    def restart(self) -> None:
        self.stack.close()
        time.sleep(2)
        self.start()


@contextlib.contextmanager
def on_servers() -> Iterator[tuple[dict[str, str], list[Fault]]]:
    """PostgreSQL and Redis; and what happens to Redis."""
    try:
        with running_postgres() as database:
            broker = Broker()
            with broker.stack:
                variables = {"DATABASE_URL": database, "CELERY_BROKER_URL": broker.url}
                yield variables, [broker.flush, broker.restart, broker.flush]
    except Absent as absent:
        skip_or_fail(absent)


@contextlib.contextmanager
def embedded() -> Iterator[tuple[dict[str, str], list[Fault]]]:
    """The default: SQLite, and a broker of files."""
    yield {}, []


def run(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def torment(workers: list[Worker], faults: list[Fault], until: float) -> int:
    """Kill one worker after the other, now and then both, and let the faults come in between."""
    chance = random.Random(2026)
    moments = [time.time() + (until - time.time()) * share for share in (0.2, 0.45, 0.7)]
    coming = list(zip(moments, faults, strict=False))
    kills = 0
    while time.time() < until:
        time.sleep(chance.uniform(*PAUSE))
        if coming and time.time() > coming[0][0]:
            coming.pop(0)[1]()
        ready = [worker for worker in workers if worker.is_ready]
        both = kills % 5 == 4
        for victim in ready if both else ready[:1] and [chance.choice(ready)]:
            victim.kill()
            victim.start()
            kills += 1
    assert not coming
    return kills


def waited(due: float, at: float, spans: list[tuple[float, float]]) -> float:
    """Seconds between two moments during which at least one worker took tasks."""
    total, reached = 0.0, due
    for start, end in sorted(spans):
        since, until = max(start, reached), min(end, at)
        if until > since:
            total, reached = total + until - since, until
    return total


def all_told(environment: dict[str, str]) -> bool:
    told = json.loads(run(environment, "-m", "tests.faults.promised", "report"))
    return len(told["told"]) >= NUMBER * len(STAGES)


@pytest.mark.parametrize(
    "installation",
    [
        pytest.param(
            on_servers, marks=[pytest.mark.postgres, pytest.mark.live], id="postgres-redis"
        ),
        pytest.param(embedded, id="sqlite-files"),
    ],
)
def test_each_promise_is_told_once_and_soon_whatever_dies(installation, tmp_path) -> None:
    with installation() as (variables, faults):
        folder = tmp_path / "var"
        folder.mkdir()
        environment = environment_of(folder, **variables)
        run(environment, "manage.py", "migrate", "--verbosity=0")
        workers = [Worker(name, tmp_path, environment) for name in ("one", "two")]
        try:
            for worker in workers:
                wait_until(lambda w=worker: w.is_ready, "a worker", seconds=START_SECONDS)
            words = ("make", str(NUMBER), str(FIRST), str(LAST))
            run(environment, "-m", "tests.faults.promised", *words)
            kills = torment(workers, faults, time.time() + LAST + 5)
            wait_until(lambda: all_told(environment), "the last reminder", seconds=START_SECONDS)
        finally:
            for worker in workers:
                worker.kill()
        report = json.loads(run(environment, "-m", "tests.faults.promised", "report"))

    told = Counter((promise, stage) for promise, stage, _due, _at in report["told"])
    assert len(told) == NUMBER * len(STAGES)
    assert set(told.values()) == {1}
    assert report["states"] == {"broken": NUMBER}
    assert sorted(report["broken"]) == sorted({promise for promise, _stage in told})
    # what broke in the same pass in which it came to be due soon was told as broken alone
    at = {(promise, stage): moment for promise, stage, _due, moment in report["told"]}
    in_time = sum(at[promise, "soon"] < at[promise, "broken"] for promise in report["broken"])
    assert report["heard"] == {"promise_due": in_time, "promise_broken": NUMBER}
    assert report["off"] == []
    spans = [span for worker in workers for span in worker.spans]
    late = sorted(waited(due, at, spans) for _promise, _stage, due, at in report["told"])
    print(
        f"{kills} kills, {len(late)} reminders, of a running worker: p50 {late[len(late) // 2]:.1f}"
        f" s, p99 {late[len(late) * 99 // 100]:.1f} s, longest {late[-1]:.1f} s"
    )
    assert kills >= 5
    assert late[-1] <= WITHIN
