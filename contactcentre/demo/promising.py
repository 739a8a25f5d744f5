"""Promises of the demonstration, kept, broken and settled by the verbs at the story's times.

The verbs know no time but now. While a step is told, everything that was promised in its case
is moved forward by as much as the step lies back, so that now is when the step happened; then
it is moved back. What came due in between, the clock finds.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.cases.enums import EventKind
from apps.cases.models import Case, CaseEvent
from apps.promises import domain
from apps.promises.domain.holding import refresh_dues
from apps.promises.enums import REPLIES, Outcome
from apps.promises.models import Attempt, Promise, Reminder
from contactcentre.demo.backdating import backdate
from contactcentre.demo.script import Step

PROMISE_TIMES = (
    *("made_at", "due_at", "window_end", "deadline", "broken_at", "settled_at"),
    *("next_check_at", "paused_at", "next_attempt_at"),
)
WHOLE = timedelta(minutes=5)
BY_CLOCK = (EventKind.PROMISE_BROKEN, EventKind.PROMISE_GIVEN)


@contextlib.contextmanager
def as_of(case: Case, ago: timedelta, *, since: datetime) -> Iterator[None]:
    """Let now be so long ago for what is promised in a case, and the clock have looked by then."""
    move(case, ago)
    _let_the_clock_look(case, since=since, ago=ago)
    yield
    move(case, -ago)


def finish(case: Case, *, since: datetime) -> None:
    """Bring what was promised to where it stands now."""
    _let_the_clock_look(case, since=since, ago=timedelta(0))
    Promise.objects.filter(case=case).update(line_since=case.opened_at)


def move(case: Case, span: timedelta) -> None:
    """Move everything that was promised and tried in a case, and what the clock told of it."""
    promises = Promise.objects.filter(case=case)
    promises.update(**{name: F(name) + span for name in PROMISE_TIMES})
    Attempt.objects.filter(promise__case=case).update(at=F("at") + span)
    told = Reminder.objects.filter(promise__case=case)
    told.update(at=F("at") + span, due_at=F("due_at") + span)
    _move_events(case, span)
    refresh_dues({case.pk})


def _move_events(case: Case, span: timedelta) -> None:
    """Let the history name the times that promises have; it refuses changes by its manager."""
    timed: QuerySet[CaseEvent] = QuerySet(CaseEvent).filter(case=case, data__has_key="due_at")
    for event in timed:
        due_at = datetime.fromisoformat(event.data["due_at"]) + span
        data = {**event.data, "due_at": due_at.isoformat()}
        QuerySet(CaseEvent).filter(pk=event.pk).update(data=data)


def _let_the_clock_look(case: Case, *, since: datetime, ago: timedelta) -> None:
    """Let break what has come due, and put what is told of it back to when it broke."""
    before = set(CaseEvent.objects.filter(case=case).values_list("pk", flat=True))
    domain.tick()
    events = CaseEvent.objects.filter(case=case, kind__in=BY_CLOCK).exclude(pk__in=before)
    for event in events:
        promise = Promise.objects.get(pk=event.data["promise"])
        # Events refuse any change through their own manager.
        QuerySet(CaseEvent).filter(pk=event.pk).update(at=promise.deadline - ago)
    told = Reminder.objects.filter(promise__case=case, at__gte=since)
    last = told.order_by("-due_at").values_list("due_at", flat=True).first()
    if last is not None:
        told.update(at=F("due_at"))
        backdate(case, since=since, to=last - ago)


def promise(case: Case, step: Step, actor: User | None) -> None:
    """Give one's word for a time on the full five minutes; ``actor`` None: the customer booked."""
    due = _time(step)
    domain.make_promise(
        case_id=case.pk,
        actor=actor,
        kind=step.kind,
        text=step.text,
        due_at=due,
        window_end=due + step.window if step.window else None,
    )


def _keep(case: Case, _step: Step, actor: User) -> None:
    domain.keep_promise(promise_id=_owed(case), actor=actor)


def _withdraw(case: Case, step: Step, actor: User) -> None:
    domain.withdraw_promise(promise_id=_owed(case), actor=actor, reason=step.why)


def _renegotiate(case: Case, step: Step, actor: User) -> None:
    domain.renegotiate_promise(
        promise_id=_owed(case), actor=actor, due_at=_time(step), consent=step.why
    )


def _attempt(case: Case, step: Step, actor: User) -> None:
    agreed = domain.NewTime(due_at=_time(step)) if step.within else None
    domain.record_attempt(
        promise_id=_owed(case),
        actor=actor,
        outcome=Outcome(step.outcome),
        note=step.why,
        new_time=agreed,
    )


DEEDS: dict[str, Callable[[Case, Step, User], None]] = {
    "keep": _keep,
    "withdraw": _withdraw,
    "renegotiate": _renegotiate,
    "attempt": _attempt,
}


def _owed(case: Case) -> int:
    """The promise that was given last and is still owed; clocks of answers follow the words."""
    owed = Promise.objects.owed().filter(case=case).exclude(kind__in=REPLIES)
    return owed.latest("pk").pk


def _time(step: Step) -> datetime:
    """When what a step promises is due, as seen from the step: a full five minutes by the clock."""
    due = timezone.now() - step.ago + step.within
    past = (due - datetime.min.replace(tzinfo=due.tzinfo)) % WHOLE
    return due - past + step.ago
