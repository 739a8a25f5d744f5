"""Reading the outbox as it grows, and once more from where a browser stopped listening."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from apps.live import registry
from apps.live.models import Event

type Row = tuple[int, str, int]

AT_ONCE = 2_000
# A transaction that commits later than this after it announced is missed; pages poll in the end.
PATIENCE_SECONDS = 60.0
MAX_GAPS = 2_000
LOOK_BACK = 200
# A page was rendered a little before its stream opens.
FRESH = timedelta(seconds=10)
LATE = timedelta(seconds=30)
MAX_REPLAYED = 500


@dataclass(frozen=True, slots=True)
class Heard:
    """One event, and who of those who listen may know of it."""

    id: int
    topic: str
    object_id: int
    users: frozenset[int]


@dataclass(frozen=True, slots=True)
class Replay:
    """What one person missed; ``reset`` when that is too much or too long ago to tell."""

    events: list[Heard]
    last: int
    reset: bool


class Tail:
    """A reader of the outbox that sees each row once, also one that commits out of order.

    Keys are handed out in order, so a row that is still to come leaves a gap below the highest
    key that was read: gaps are asked for again until they fill or grow old.
    """

    def __init__(self) -> None:
        self.high = 0
        self.gaps: dict[int, float] = {}

    def start(self) -> None:
        """Begin behind the newest row; what is being committed just now counts as new."""
        newest = list(Event.objects.order_by("-pk").values_list("pk", flat=True)[:LOOK_BACK])
        self.high = newest[0] if newest else 0
        self._add_gaps(newest[-1] + 1 if newest else 1, self.high, set(newest))

    def read(self, user_ids: Collection[int]) -> tuple[list[Heard], bool]:
        """What is new since the last call, each object once, and whether something was skipped."""
        rows = self._rows()
        skipped = len(rows) >= AT_ONCE or len(self.gaps) > MAX_GAPS
        if skipped:
            self.start()
            return [], True
        return hear(rows, user_ids), False

    def _rows(self) -> list[Row]:
        now = time.monotonic()
        self.gaps = {key: until for key, until in self.gaps.items() if until > now}
        wanted = Q(pk__gt=self.high)
        if self.gaps:
            wanted |= Q(pk__in=list(self.gaps))
        found = Event.objects.filter(wanted).order_by("pk")
        rows = list(found.values_list("pk", "topic", "object_id")[:AT_ONCE])
        keys = {row[0] for row in rows}
        for key in keys & self.gaps.keys():
            del self.gaps[key]
        if rows and rows[-1][0] > self.high:
            self._add_gaps(self.high + 1, rows[-1][0], keys)
            self.high = rows[-1][0]
        return rows

    def _add_gaps(self, first: int, last: int, known: set[int]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        if last - first <= AT_ONCE:
            missing = set(range(first, last)) - known
            self.gaps |= dict.fromkeys(missing, until)


def hear(rows: Iterable[Row], user_ids: Collection[int]) -> list[Heard]:
    """Join rows of one object, and find out who may know of each; in the order of their ids."""
    newest = {(topic, object_id): pk for pk, topic, object_id in rows}
    by_topic: dict[str, list[int]] = defaultdict(list)
    for topic, object_id in newest:
        by_topic[topic].append(object_id)
    told = {topic: registry.audience(topic, ids, user_ids) for topic, ids in by_topic.items()}
    nobody: frozenset[int] = frozenset()
    heard = [
        Heard(pk, topic, object_id, told[topic].get(object_id, nobody))
        for (topic, object_id), pk in newest.items()
    ]
    return sorted(heard, key=lambda one: one.id)


def replay(user_id: int, after: int | None) -> Replay:
    """What one person may know of since an event, or in the last seconds when none is named.

    Rows that may have committed late count again; an event that is told twice does no harm.
    """
    now = timezone.now()
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    oldest = Event.objects.order_by("pk").values_list("pk", flat=True).first() or 0
    if after is not None and (after > newest or after + 1 < oldest):
        return Replay([], newest, reset=True)
    since = Q(at__gt=now - (FRESH if after is None else LATE))
    if after is not None:
        since |= Q(pk__gt=after)
    found = Event.objects.filter(since, pk__gt=newest - AT_ONCE).order_by("pk")
    rows = list(found.values_list("pk", "topic", "object_id")[: MAX_REPLAYED + 1])
    if len(rows) > MAX_REPLAYED or (after is not None and after < newest - AT_ONCE):
        return Replay([], newest, reset=True)
    heard = [one for one in hear(rows, {user_id}) if user_id in one.users]
    return Replay(heard, newest, reset=False)
