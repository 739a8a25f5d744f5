"""What was promised in a case, kept or broken, and what is owed in it today."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.conf import settings

from apps.cases.enums import Channel, EventKind, Status
from apps.promises.domain.stages import STAGES, moment_of
from apps.promises.enums import Kind, Outcome, Settlement, State
from apps.promises.models import Attempt, Promise
from apps.promises.targets import DEFAULTS
from contactcentre.simulate.lives import Turn
from contactcentre.simulate.matters import Matter
from contactcentre.simulate.tables import Table

type Record = Callable[..., None]
type Said = tuple[Turn, datetime, int]

LATE = 0.08
OVERRUN = 0.2
CALLED_BACK, CALL_IN_WINDOW = 0.1, 0.5
ASKED_AFTERWARDS = 0.25
FOLLOW_UP = timedelta(days=3)
WINDOW = timedelta(minutes=30)
MARGIN = timedelta(minutes=5)
SPANS = {
    Kind.FIRST_REPLY: timedelta(minutes=DEFAULTS.first_reply),
    Kind.NEXT_REPLY: timedelta(minutes=DEFAULTS.next_reply),
}


@dataclass(slots=True)
class Given:
    """One promise: from when, until when, and how it ended (nothing where it is owed)."""

    kind: str
    made_at: datetime
    deadline: datetime
    settled_at: datetime | None = None
    window: timedelta = timedelta(0)
    text: str = ""
    kept_in: int | None = None

    @property
    def by_hand(self) -> bool:
        return self.kind == Kind.CALLBACK


class Owing:
    """Promises, and attempts at callbacks, that are not yet written."""

    def __init__(self, rnd: Random, now: datetime, record: Record) -> None:
        self._rnd, self._now, self._record = rnd, now, record
        self._promises = Table(
            Promise,
            *("id", "case", "kind", "text", "owner", "made_by", "made_at", "automatic"),
            *("due_at", "window_end", "deadline", "timezone", "state", "broken_at"),
            *("settled_at", "settlement", "settled_by", "kept_in", "stage", "next_check_at"),
            *("channel", "address", "line_since", "times_tried"),
        )
        self._attempts = Table(
            Attempt, "id", "promise", "at", "actor", "outcome", "note", "counted"
        )

    def add(self, matter: Matter, case: int, said: Sequence[Said]) -> datetime | None:
        """Collect what was promised in a case; returns when the first that is owed breaks."""
        given = [*self._answers(matter, said), *self._callbacks(matter), *self._after(matter)]
        for one in given:
            self._write_down(matter, case, one)
        return min((one.deadline for one in given if not one.settled_at), default=None)

    def write(self) -> None:
        self._promises.write()
        self._attempts.write()

    def _answers(self, matter: Matter, said: Sequence[Said]) -> Iterator[Given]:
        """Each answer that was awaited, and the one that is."""
        waiting, kind = None, Kind.FIRST_REPLY
        for turn, at, key in said:
            if turn is Turn.CUSTOMER:
                waiting = waiting or at
            elif turn is Turn.ANSWER and waiting:
                yield Given(kind, waiting, self._met(kind, waiting, at), at, kept_in=key)
                waiting, kind = None, Kind.NEXT_REPLY
        if waiting and matter.waiting_since:
            yield Given(kind, waiting, self._awaited(waiting + SPANS[kind], SPANS[kind]))

    def _met(self, kind: Kind, made_at: datetime, at: datetime) -> datetime:
        """The deadline of what was done at a time: most of it was in time."""
        if self._rnd.random() < LATE:
            return made_at + (at - made_at) * 0.6
        return max(made_at + SPANS[kind], at + MARGIN)

    def _awaited(self, deadline: datetime, span: timedelta) -> datetime:
        """A deadline that is mostly still to come: nights and holidays have moved it."""
        if deadline > self._now or self._rnd.random() < OVERRUN:
            return deadline
        return self._now + span * self._rnd.random()

    def _callbacks(self, matter: Matter) -> Iterator[Given]:
        life, rnd = matter.life, self._rnd
        if not life.owned or rnd.random() > CALLED_BACK:
            return
        text = matter.person.writer.promised()
        window = WINDOW if rnd.random() < CALL_IN_WINDOW else timedelta(0)
        made_at = life.turns[-1][1] if life.resolved_at is None else life.opened_at
        if life.resolved_at is None:
            deadline = self._now + timedelta(days=2) * rnd.random() + window
        else:
            deadline = self._met(Kind.FIRST_REPLY, made_at, life.resolved_at)
            window = timedelta(0)
        yield Given(Kind.CALLBACK, made_at, deadline, life.resolved_at, window, text)

    def _after(self, matter: Matter) -> Iterator[Given]:
        """Asking whether all is well, after the solution."""
        life = matter.life
        if life.resolved_at is None or self._rnd.random() > ASKED_AFTERWARDS:
            return
        deadline = life.resolved_at + FOLLOW_UP
        if life.status == Status.CLOSED:
            yield Given(Kind.FOLLOW_UP, life.resolved_at, deadline, life.closed_at)
        elif deadline > self._now:
            yield Given(Kind.FOLLOW_UP, life.resolved_at, deadline)

    def _write_down(self, matter: Matter, case: int, one: Given) -> None:
        key, owner = self._promises.next_id(), matter.owner
        over = one.settled_at or self._now
        broken_at = one.deadline if one.deadline <= over else None
        state, settlement = _ended(one, broken=broken_at is not None)
        stage, next_check_at = self._wound(one, state)
        window_end = one.deadline if one.window else None
        voice = (Channel.PHONE, matter.person.phone) if one.by_hand else ("", "")
        tries = self._tries(one, key, owner)
        self._promises.add(
            *(key, case, one.kind, one.text, owner, owner if one.by_hand else None, one.made_at),
            *(not one.by_hand, one.deadline - one.window, window_end, one.deadline),
            *(settings.TIME_ZONE, state, broken_at, one.settled_at, settlement),
            *(owner if one.settled_at else None, one.kept_in, stage, next_check_at, *voice),
            *(matter.life.opened_at, tries),
        )
        what = {"promise": key, "promise_kind": one.kind}
        if one.by_hand:
            self._record(case, EventKind.PROMISE_MADE, one.made_at, owner, **what)
        if broken_at:
            self._record(case, EventKind.PROMISE_BROKEN, broken_at, None, **what)
        if one.by_hand and one.settled_at:
            self._record(case, EventKind.PROMISE_KEPT, one.settled_at, owner, **what)

    def _wound(self, one: Given, state: str) -> tuple[int, datetime | None]:
        """How many stages the clock has told of what is owed, and when it looks next."""
        if state != State.OPEN:
            return (len(STAGES) if state == State.BROKEN else 0), None
        clock = Promise(made_at=one.made_at, deadline=one.deadline)
        moments = [moment_of(clock, stage) for stage in STAGES]
        stage = sum(moment <= self._now for moment in moments)
        return stage, moments[stage]

    def _tries(self, one: Given, promise: int, owner: int | None) -> int:
        """The attempts of a callback that was made: one in two did not reach them at once."""
        if not one.by_hand or not one.settled_at:
            return 0
        tried = self._rnd.random() < CALL_IN_WINDOW
        if tried:
            at = one.made_at + (one.settled_at - one.made_at) / 2
            self._attempt(promise, at, owner, Outcome.NO_ANSWER)
        self._attempt(promise, one.settled_at, owner, Outcome.REACHED_DONE)
        return int(tried)

    def _attempt(self, promise: int, at: datetime, owner: int | None, outcome: Outcome) -> None:
        counted = outcome == Outcome.NO_ANSWER
        self._attempts.add(self._attempts.next_id(), promise, at, owner, outcome, "", counted)


def _ended(one: Given, *, broken: bool) -> tuple[str, str]:
    """State and settlement."""
    if not one.settled_at:
        return (State.BROKEN if broken else State.OPEN), ""
    if one.kind == Kind.FOLLOW_UP and not broken:  # closing the case left nothing to ask
        return State.WITHDRAWN, Settlement.MOOT
    return (State.BROKEN, Settlement.LATE) if broken else (State.KEPT, Settlement.KEPT)
