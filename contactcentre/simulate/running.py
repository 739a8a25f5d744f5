"""Filling a database: cases in chunks, each with its index entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.db import connection, transaction
from django.utils import timezone

from apps.cases.models import Tag
from apps.search import domain as search
from apps.search.registry import Document
from contactcentre.simulate.lives import draw
from contactcentre.simulate.matters import Matter
from contactcentre.simulate.people import Customers, team_members
from contactcentre.simulate.rows import Rows

CHUNK = 2000
DOCUMENTS_A_CASE = 4
NO_TEAM = 0.1
TAGGED = 0.3
TAGS = ("battery", "brakes", "lock", "app", "invoice", "delivery", "thanks", "safety")


@dataclass(frozen=True, slots=True)
class Made:
    cases: int
    interactions: int


def simulate(*, cases: int, seed: int, days: float) -> Made:
    """Make cases that began within the last ``days``, with all that belongs to them.

    The same seed tells the same stories. On PostgreSQL it is one transaction, and whoever
    else writes to the index waits for its end.
    """
    run = Simulation(Random(seed), timezone.now(), days)  # noqa: S311 - to be repeated, no secret
    with search.filling(cases * DOCUMENTS_A_CASE):
        for start in range(0, cases, CHUNK):
            run.write_cases(min(CHUNK, cases - start))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Made(cases, run.rows.interactions_made)


class Simulation:
    """One run: its generator, its people and their matters."""

    def __init__(self, rnd: Random, now: datetime, days: float) -> None:
        self._rnd, self._now, self._days = rnd, now, days
        self._teams = team_members()
        self._people = Customers(rnd, now)
        self._tags = [Tag.objects.get_or_create(name=name)[0].pk for name in TAGS]
        self.rows = Rows(rnd, now)

    @transaction.atomic
    def write_cases(self, number: int) -> None:
        """Draw cases, then write everything of theirs."""
        documents: list[Document] = []
        for _ in range(number):
            documents += self.rows.add(self._matter(documents))
        self._people.write()
        self.rows.write()
        search.put(documents, new=True)

    def _matter(self, documents: list[Document]) -> Matter:
        life = draw(self._rnd, self._now, self._days)
        person = self._people.one(documents)
        team, members = self._rnd.choice(self._teams)
        nobodys = not life.owned and self._rnd.random() < NO_TEAM
        return Matter(
            life=life,
            person=person,
            subject=person.writer.subject(),
            team=None if nobodys else team,
            owner=self._rnd.choice(members) if life.owned else None,
            tag=self._rnd.choice(self._tags) if self._rnd.random() < TAGGED else None,
        )
