"""The life of a case: how it stands today, and when what was said in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from random import Random

from apps.cases.enums import Channel, Kind, Priority, Status


class Turn(Enum):
    """Whose word it is."""

    CUSTOMER = "customer"
    ANSWER = "answer"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Life:
    """When a case was opened, what was said at which time, and how it ended (times in UTC)."""

    channel: str
    kind: str
    priority: str
    status: str
    owned: bool
    opened_at: datetime
    turns: Sequence[tuple[Turn, datetime]]
    resolved_at: datetime | None
    closed_at: datetime | None


def _spread[T](weights: dict[T, int]) -> list[T]:
    return [value for value, weight in weights.items() for _ in range(weight)]


CHANNELS = _spread(
    {
        Channel.EMAIL: 55,
        Channel.PHONE: 20,
        Channel.WEB: 10,
        Channel.BBS: 6,
        Channel.RECEPTION: 6,
        Channel.FAX: 3,
    }
)
KINDS = _spread(
    {
        Kind.HELP: 40,
        Kind.QUESTION: 22,
        Kind.COMPLAINT: 15,
        Kind.CONSULTATION: 12,
        Kind.SUGGESTION: 6,
        Kind.PRAISE: 5,
    }
)
PRIORITIES = _spread({Priority.NORMAL: 80, Priority.HIGH: 10, Priority.LOW: 7, Priority.URGENT: 3})
ACTIVE_STATUSES = _spread({Status.NEW: 35, Status.OPEN: 30, Status.WAITING: 35})
# Up to an age in days: how many of the cases are still active.
STILL_ACTIVE = ((1, 0.9), (3, 0.5), (10, 0.15), (40, 0.03), (float("inf"), 0.005))
RESOLVED_DAYS = 14
PATIENCE = timedelta(days=2)
MAX_ROUNDS = 4
NOTE_SHARE = 0.15
MORE_ROUNDS = 0.3


def draw(rnd: Random, now: datetime, days: float) -> Life:
    """Draw a life that began within the last ``days``."""
    age = timedelta(days=rnd.random() * days)
    status = _status(rnd, age)
    turns = _turns(rnd, status)
    opened = now - age
    ended = status in {Status.RESOLVED, Status.CLOSED}
    times = _times(rnd, opened, min(age, PATIENCE * rnd.expovariate(1)), len(turns) + 2 * ended)
    return Life(
        channel=_one(rnd, CHANNELS),
        kind=_one(rnd, KINDS),
        priority=_one(rnd, PRIORITIES),
        status=status,
        owned=status != Status.NEW,
        opened_at=opened,
        turns=list(zip(turns, times, strict=False)),
        resolved_at=times[-2] if ended else None,
        closed_at=times[-1] if status == Status.CLOSED else None,
    )


def _status(rnd: Random, age: timedelta) -> Status:
    share = next(share for days, share in STILL_ACTIVE if age.days < days)
    if rnd.random() < share:
        return _one(rnd, ACTIVE_STATUSES)
    return Status.CLOSED if age.days > RESOLVED_DAYS * rnd.random() else Status.RESOLVED


def _turns(rnd: Random, status: Status) -> list[Turn]:
    """Customer and agent in turn, ending with whom the status says; now and then a note."""
    if status == Status.NEW:
        return [Turn.CUSTOMER]
    rounds = 1
    while rounds < MAX_ROUNDS and rnd.random() < MORE_ROUNDS:
        rounds += 1
    turns = [Turn.CUSTOMER, Turn.ANSWER] * rounds
    if status == Status.OPEN:
        turns.pop()
    if rnd.random() < NOTE_SHARE:
        turns.insert(rnd.randint(1, len(turns)), Turn.NOTE)
    return turns


def _times(rnd: Random, start: datetime, span: timedelta, number: int) -> list[datetime]:
    """The first at once, the others in order within the span."""
    later = sorted(rnd.random() for _ in range(number - 1))
    return [start, *(start + span * part for part in later)]


def _one[T](rnd: Random, values: list[T]) -> T:
    return values[int(rnd.random() * len(values))]
