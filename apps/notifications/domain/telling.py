"""Telling people, in the transaction of what they are told of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from django.db import connections, router
from django.utils import timezone

from apps.live.domain import announce
from apps.notifications.models import Notification

TOPIC = "notice"
AT_ONCE = 1000
TABLE = "notifications_notification"
# A line that is still unread grows: ten mails in one case are one line that says ten.
UPSERT = f"""
INSERT INTO {TABLE} (recipient_id, case_id, kind, actor_id, count, since, at) VALUES {{}}
ON CONFLICT (recipient_id, case_id, kind) WHERE read_at IS NULL DO UPDATE
SET count = {TABLE}.count + excluded.count, at = excluded.at, actor_id = excluded.actor_id
RETURNING id
"""  # noqa: S608 - names of our own


@dataclass(frozen=True, slots=True, order=True)
class News:
    """Something that one person is told of one case; ``kind`` is a value of ``enums.Kind``."""

    recipient_id: int
    case_id: int
    kind: str
    actor_id: int | None = None


def notify(news: Iterable[News], *, at: datetime | None = None) -> None:
    """Tell people, all with two statements; they hear of it once the transaction commits.

    Nobody is told what they did themselves.
    """
    counts: Counter[tuple[int, int, str]] = Counter()
    actors: dict[tuple[int, int, str], int | None] = {}
    for one in news:
        if one.recipient_id != one.actor_id:
            line = (one.recipient_id, one.case_id, one.kind)
            counts[line] += 1
            actors[line] = one.actor_id
    # always in the same order, so that two transactions never wait for each other
    for some in batched(sorted(counts), AT_ONCE):
        rows = [(*line, actors[line], counts[line]) for line in some]
        announce(TOPIC, *_store(rows, at or timezone.now()))


def _store(rows: list[tuple[int, int, str, int | None, int]], at: datetime) -> list[int]:
    """Add lines or let them grow; returns their keys."""
    connection = connections[router.db_for_write(Notification)]
    moment = Notification._meta.get_field("at").get_db_prep_save(at, connection)  # noqa: SLF001 - documented API
    marks = ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(rows))
    values = [value for row in rows for value in (*row, moment, moment)]
    with connection.cursor() as cursor:
        cursor.execute(UPSERT.format(marks), values)
        return [key for (key,) in cursor.fetchall()]
