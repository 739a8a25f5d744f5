"""The parts that run inside one process over one database; each yields its figures."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Generator, Iterator
from pathlib import Path

from django.db import connection, transaction
from django.test import Client

from apps.accounts.models import User
from apps.cases import domain as cases
from apps.cases.models import Case, Interaction
from apps.customers.models import Customer
from apps.search.domain import find
from benchmarks import bare, measuring
from benchmarks.figures import LEAST, Figure, say
from benchmarks.mails import Mailbag
from benchmarks.measuring import Measured
from contactcentre.demo.loading import load
from contactcentre.simulate.running import simulate

DAYS = 30
MAILS = 1000
SEARCHES = 40
WORDS = {"an English word": "battery", "a two-character Chinese word": "电池"}
TAB = "/desk/inbox/?tab=team"


def intake(database: str) -> Iterator[Figure]:
    """1,000 mails through the pipe in one call, in any order of arrival."""
    load()
    bag = Mailbag(MAILS)
    raws = [raw for _thread, raw in bag.mails]
    limits = [bare.intake_rate(raws)]
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for n, raw in enumerate(raws):
            files.append(f"{folder}/{n:04}.eml")
            Path(files[-1]).write_bytes(raw)
        began = time.perf_counter()
        command = [sys.executable, "manage.py", "receive", "mail", "--account", "support", *files]
        told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        rate = MAILS / (time.perf_counter() - began)
    limits.append(bare.intake_rate(raws))  # before and after, since a machine has its moods
    limit = max(limits)
    right = _threaded_right(bag, [json.loads(line) for line in told.splitlines()])
    share = 4 if database == "sqlite" else 5
    yield Figure("intake", database, "bare limit L", limit, "mails/s")
    yield Figure("intake", database, "by pipe, start of the process included", rate, "mails/s")
    yield Figure("intake", database, "L divided by our rate", limit / rate, "", share)
    yield Figure("intake", database, "of 1,000 threaded right", right, "mails", MAILS, LEAST)


def _threaded_right(bag: Mailbag, told: list[dict[str, str]]) -> int:
    """Mails whose case holds all mails of their thread and no other's."""
    of_thread, of_case = defaultdict(set), defaultdict(set)
    for (thread, _raw), result in zip(bag.mails, told, strict=True):
        of_thread[thread].add(result["case"])
        of_case[result["case"]].add(thread)
    return sum(
        len(of_thread[thread]) == 1 and len(of_case[result["case"]]) == 1
        for (thread, _raw), result in zip(bag.mails, told, strict=True)
    )


def pages(database: str, *, full: bool = False) -> Iterator[Figure]:
    """Inbox and case page, search, and the rate of ``simulate``, as the tables grow."""
    load()
    yield from _simulated(database, 10_000)
    small = yield from _inbox(database, 10_000)
    few = yield from _owed(database, 10_000)
    yield from _case_pages(database)
    yield from _simulated(database, 25_000, bounded=False)
    yield from _search(database)
    yield from _simulated(database, 65_000, bounded=False)
    large = yield from _inbox(database, 100_000)
    growth = large.ratio / small.ratio
    yield Figure("inbox", database, "100,000 cases to 10,000", growth, "times", 1.2)
    many = yield from _owed(database, 100_000)
    for name, measured in many.items():
        growth = measured.ratio / few[name].ratio
        yield Figure(name, database, "100,000 cases to 10,000", growth, "times")
    if full:
        yield from _simulated(database, 900_000, bounded=False)
        yield from _inbox(database, 1_000_000)


def _simulated(database: str, number: int, *, bounded: bool = True) -> Iterator[Figure]:
    say(f"{database}: {number:,} cases more")
    began = time.perf_counter()
    made = simulate(cases=number, seed=number, days=DAYS)
    rate = number / (time.perf_counter() - began)
    bound = 1000.0 if bounded and database == "postgresql" else None
    note = f"{made.interactions:,} interactions"
    yield Figure("simulate", database, f"{number:,} cases", rate, "cases/s", bound, LEAST, note)


def _inbox(database: str, number: int) -> Generator[Figure, None, Measured]:
    agent = User.objects.get(username="agent")
    clients = bare.client(agent, bare=False), bare.client(agent, bare=True)
    measured = measuring.page(*clients, TAB)
    name = f"at {number:,} cases"
    note = f"p50 {measured.ours:.1f} ms, B {measured.bare:.1f} ms"
    yield Figure("inbox", database, f"p50 {name}", measured.ratio, "B", 4, note=note)
    yield Figure("inbox", database, f"queries {name}", measured.queries, "", 12)
    yield Figure("inbox", database, f"size {name}", measured.size / 1024, "KiB", 60)
    return measured


def _owed(database: str, number: int) -> Generator[Figure, None, dict[str, Measured]]:
    """The pages of what is promised. At 100,000 cases ten times as much is owed today, of which
    they show what a day holds, at most 200 callbacks: so they grow, and have no bound.
    """
    agent = User.objects.get(username="agent")
    clients = bare.client(agent, bare=False), bare.client(agent, bare=True)
    results: dict[str, Measured] = {}
    for name, address in (("today", "/desk/today/"), ("callbacks", "/desk/promises/")):
        results[name] = measured = measuring.page(*clients, address)
        note = f"p50 {measured.ours:.1f} ms, B {measured.bare:.1f} ms, {measured.queries} queries"
        yield Figure(name, database, f"p50 at {number:,} cases", measured.ratio, "B", note=note)
    return results


def _case_pages(database: str) -> Iterator[Figure]:
    agent = User.objects.get(username="agent")
    clients = bare.client(agent, bare=False), bare.client(agent, bare=True)
    results: dict[int, Measured] = {}
    for number in (5, 50, 5000):
        case = _long_case(agent, number)
        results[number] = measured = measuring.page(*clients, f"/desk/cases/{case.number}/")
        bound = 5 if number == 50 else None
        note = f"p50 {measured.ours:.1f} ms, B {measured.bare:.1f} ms, {measured.queries} queries"
        name = f"p50 with {number:,} interactions"
        yield Figure("case", database, name, measured.ratio, "B", bound, note=note)
        if number == 50:
            yield from _fragments(database, clients, f"/desk/cases/{case.number}/")
    more = results[50].queries - results[5].queries
    yield Figure("case", database, "queries with 50 more than with 5", more, "", 0)
    growth = results[5000].ratio / results[50].ratio
    yield Figure("case", database, "5,000 interactions to 50", growth, "times", 1.2)


def _fragments(database: str, clients: tuple[Client, Client], case: str) -> Iterator[Figure]:
    """Parts of pages, as htmx and the live updates ask for them."""
    for name, address, target in (
        ("a case beside the list", case, "conv"),
        ("its story, by a live update", case, "thread"),
        ("the rows of the list", TAB, "rows"),
        ("the counts of the rooms", "/desk/inbox/", "rail-rooms"),
    ):
        measured = measuring.page(*clients, address, {"HX-Request": "true", "HX-Target": target})
        note = f"p50 {measured.ours:.1f} ms, B {measured.bare:.1f} ms, {measured.queries} queries"
        yield Figure("fragments", database, f"p50 of {name}", measured.ratio, "B", 3, note=note)


def _long_case(agent: User, number: int) -> Case:
    """A case that grew to so many interactions, with the statistics that a database keeps."""
    with transaction.atomic():
        case = _told_case(agent, number)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return case


def _told_case(agent: User, number: int) -> Case:
    customer = Customer.objects.get(name="Nadia Ferrant")
    case = cases.open_case(
        customer=customer, channel="email", subject="A long story", team=agent.teams.get()
    )
    words = "The light on the charger is still orange, and I have tried both sockets."
    cases.record_many(
        [
            (
                case,
                cases.NewInteraction(
                    channel="email",
                    direction=("inbound", "outbound")[n % 2],
                    author=agent if n % 2 else None,
                    subject=case.subject,
                    text=f"{n}: {words}",
                ),
            )
            for n in range(number)
        ]
    )
    return case


def _search(database: str) -> Iterator[Figure]:
    agent = User.objects.get(username="agent")
    held = Interaction.objects.count()
    for what, word in WORDS.items():
        times, total = [], 0
        for _ in range(SEARCHES):
            began = time.perf_counter()
            total = find(agent, word, source="interaction").total
            times.append((time.perf_counter() - began) * 1000)
        naive = _naive_count(agent, word)
        note = f"{total:,} hits of {held:,}, p50 {measuring.percentile(times, 0.5):.0f} ms"
        p95 = measuring.percentile(times, 0.95)
        yield Figure("search", database, f"{what}, p95", p95, "ms", 150, note=note)
        yield Figure("search", database, f"{what}, count off by", abs(total - naive), "", 0)


def _naive_count(agent: User, word: str) -> int:
    """Count by reading every message that the agent may see."""
    texts = Interaction.objects.visible_to(agent).values_list("subject", "text")
    found = 0
    for subject, text in texts.iterator(chunk_size=5000):
        words = f"{subject}\n{text}".lower()
        if word.isascii():
            cut = "".join(char if char.isalnum() else " " for char in words).split()
            found += word in cut
        else:
            found += word in words
    return found
