"""500 open streams: how soon they hear of what a worker commits, and what each of them weighs."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module

import psutil
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connections

from apps.accounts.models import Membership, Team, User
from apps.cases import domain as cases
from apps.customers import domain as customers
from benchmarks.committer import NUMBER
from benchmarks.figures import Figure, say
from benchmarks.measuring import percentile
from tests.services import find_free_port

STREAMS, PEOPLE, FIRST = 500, 100, 10
BOUND_MS = {"postgresql": 250.0}
PATIENCE_SECONDS = 60

type Arrivals = dict[int, list[float]]


def streams(database: str) -> Iterator[Figure]:
    """Open the streams on one web process, and let another process commit interactions."""
    cookies, keys = _prepare()
    connections.close_all()
    port = find_free_port()
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "uvicorn", "contactcentre.asgi:application"),
            *("--port", str(port), "--lifespan", "off", "--log-level", "warning"),
        ],
        env=os.environ | {"BASE_URL": f"http://localhost:{port}"},
    )
    try:
        _wait_for(f"http://localhost:{port}/healthz")
        say(f"{database}: {STREAMS} streams")
        yield from asyncio.run(_measure(database, port, server.pid, cookies, keys))
    finally:
        server.terminate()
        server.wait(20)


def _prepare() -> tuple[list[str], list[int]]:
    """People with sessions, and cases of their team; returns cookie headers and keys."""
    team = Team.objects.create(name="Streams")
    people = [User.objects.create(username=f"listener{n}") for n in range(PEOPLE)]
    Membership.objects.bulk_create([Membership(user=one, team=team) for one in people])
    customer = customers.create_customer(name="Zoe", addresses=[("email", "zoe@rider.example")])
    made = [
        cases.open_case(customer=customer, channel="email", subject="Bell", team=team)
        for _ in range(NUMBER)
    ]
    return [_cookie(one) for one in people], [case.pk for case in made]


def _cookie(user: User) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


async def _measure(
    database: str, port: int, pid: int, cookies: list[str], keys: list[int]
) -> list[Figure]:
    arrivals: Arrivals = defaultdict(list)
    readers = await _open(port, cookies, FIRST, arrivals)
    await asyncio.sleep(2)
    before = _weight(pid)
    readers += await _open(port, cookies, STREAMS - FIRST, arrivals)
    await asyncio.sleep(12)  # what happened before they opened has been told
    weight = (_weight(pid) - before) / (STREAMS - FIRST) / 1000
    threads = psutil.Process(pid).num_threads()  # type: ignore[no-untyped-call]
    arrivals.clear()
    committed = await asyncio.to_thread(_commit, keys)
    await asyncio.sleep(2)
    for reader in readers:
        reader.cancel()
    delays = [(at - committed[key]) * 1000 for key, times in arrivals.items() for at in times]
    heard = len(delays) / (STREAMS * NUMBER) * 100
    note = f"p50 {percentile(delays, 0.5):.0f} ms, {NUMBER} commits, load {os.getloadavg()[0]:.1f}"
    p99 = percentile(delays, 0.99)
    name = f"commit of a worker to {STREAMS} streams, p99"
    return [
        Figure("streams", database, name, p99, "ms", BOUND_MS.get(database), note=note),
        Figure("streams", database, "announcements heard", heard, "%", 100, "at least"),
        Figure("streams", database, "memory of a stream", weight, "kB", 60),
        Figure("streams", database, f"threads with {STREAMS} streams", threads, ""),
    ]


async def _open(port: int, cookies: list[str], number: int, arrivals: Arrivals) -> list[Reader]:
    """Open streams, some at a time, and read each in a task of its own."""
    doors = asyncio.Semaphore(20)
    tasks = []

    async def enter(cookie: str) -> None:
        async with doors:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            head = f"GET /events/ HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n"
            writer.write(head.encode())
            answer = await reader.readuntil(b"hello")
            if not answer.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(answer[:200])
        tasks.append(asyncio.create_task(_listen(reader, writer, arrivals)))

    offset = len(cookies) // 2 if number < STREAMS / 2 else 0
    chosen = [cookies[(offset + n) % len(cookies)] for n in range(number)]
    await asyncio.gather(*map(enter, chosen))
    return tasks


type Reader = asyncio.Task[None]


async def _listen(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, arrivals: Arrivals
) -> None:
    try:
        while line := await reader.readline():
            if line.startswith(b"data: case "):
                arrivals[int(line[11:])].append(time.time())
    finally:
        writer.close()


def _commit(keys: list[int]) -> dict[int, float]:
    """Let another process commit an interaction to each case; when it did, by case."""
    command = [sys.executable, "-m", "benchmarks.committer", *map(str, keys)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    pairs = [line.split() for line in done.stdout.splitlines()]
    return {int(key): float(at) for key, at in pairs}


def _weight(pid: int) -> int:
    used: int = psutil.Process(pid).memory_full_info().uss  # type: ignore[no-untyped-call]
    return used


def _wait_for(address: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError(address)
