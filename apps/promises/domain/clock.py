"""The clock: finds what has come due, tells whom it concerns, and lets promises break.

Any number of passes may run at once, and any of them may die anywhere: what a pass does to a
promise stands in one transaction, under the locks of the case and of the promise, and what it
did not do the next one finds.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from itertools import chain

from django.db import connections, transaction
from django.utils import timezone

from apps.cases.domain.events import event, record_all
from apps.cases.enums import EventKind
from apps.cases.hearing import CASE
from apps.cases.models import Case
from apps.common.bulk import insert_rows, update_rows
from apps.live.domain import announce
from apps.notifications.domain import notify
from apps.promises.domain.crews import load_crews
from apps.promises.domain.escalating import find_stand_ins
from apps.promises.domain.news import Told, news_of
from apps.promises.domain.stages import STAGES, moment_of, wind
from apps.promises.enums import Stage, State
from apps.promises.models import Promise, Reminder
from apps.promises.topics import OWED

AT_ONCE = 200
SECONDS = 20.0
FIELDS = ("stage", "next_check_at", "state", "broken_at", "owner", "follows_owner")
ESCALATES = (Stage.SOON, Stage.BROKEN)


def tick(*, at: datetime | None = None, seconds: float = SECONDS) -> int:
    """Do all that is due (at ``at``, now unless given); returns how many promises moved on.

    An idle tick is one look at an index that holds only what the clock still has to look at.
    """
    until = time.monotonic() + seconds
    moved = 0
    while time.monotonic() < until:
        due = _find_due(at or timezone.now())
        some = _advance_due(due, at or timezone.now()) if due else 0
        moved += some
        if not some:
            break
    return moved


def _find_due(at: datetime) -> list[tuple[int, int]]:
    due = Promise.objects.filter(next_check_at__lte=at).order_by("next_check_at")
    return list(due.values_list("pk", "case_id")[:AT_ONCE])


@transaction.atomic
def _advance_due(due: Sequence[tuple[int, int]], at: datetime) -> int:
    """Lock what nobody else holds, cases first, as every other change does; then move it on."""
    skips = connections[Promise.objects.db].features.has_select_for_update_skip_locked
    cases = Case.objects.filter(pk__in={case_id for _pk, case_id in due}).order_by("pk")
    held = {
        case.pk: case
        for case in cases.select_for_update(of=("self",), skip_locked=skips).select_related("team")
    }
    found = Promise.objects.filter(pk__in=[pk for pk, _case in due], case__in=held)
    found = found.filter(next_check_at__lte=at).order_by("next_check_at", "pk")
    promises = list(
        found.select_for_update(of=("self",), skip_locked=skips).select_related("owner")
    )
    for promise in promises:
        promise.case = held[promise.case_id]
    advance(promises, at=at)
    return len(promises)


def advance(promises: Sequence[Promise], *, at: datetime) -> None:
    """Take held promises through every stage that has come by ``at`` (UTC), and store them.

    Each stage is put on record once, and of those that come together the last is told.
    ``broken_at`` is the deadline itself, whenever the clock came to look. What is about to be
    missed by somebody who is away, or may not work on the case any more, goes to somebody who
    is there. Costs a fixed number of queries.
    """
    told = [Told(promise, stage) for promise in promises for stage in _pass(promise, at)]
    if not told:
        return
    crews = load_crews([promise.case for promise in promises], at)
    moved = find_stand_ins([one.promise for one in told if one.stage in ESCALATES], crews, at)
    for promise in promises:
        wind(promise)
    update_rows(promises, FIELDS)
    now = timezone.now()
    insert_rows(
        [
            Reminder(
                promise=one.promise,
                stage=one.stage,
                due_at=moment_of(one.promise, one.stage),
                at=now,
            )
            for one in told
        ]
    )
    record_all(
        [
            event(
                one.promise.case,
                EventKind.PROMISE_BROKEN,
                promise=one.promise.pk,
                promise_kind=one.promise.kind,
            )
            for one in told
            if one.stage == Stage.BROKEN
        ]
        + [move.event() for move in moved]
    )
    notify([*news_of(told, crews), *chain.from_iterable(move.news() for move in moved)])
    announce(CASE, *sorted({one.promise.case_id for one in told}))
    owners = {one.promise.owner_id for one in told} | {move.former_id for move in moved}
    announce(OWED, *sorted(owner for owner in owners if owner))


def _pass(promise: Promise, at: datetime) -> list[Stage]:
    """Let a promise go through the stages that have come, and return them."""
    passed: list[Stage] = []
    while promise.state == State.OPEN and promise.paused_at is None:
        stage = STAGES[promise.stage]
        if moment_of(promise, stage) > at:
            break
        passed.append(stage)
        promise.stage += 1
        if stage == Stage.BROKEN:
            promise.state, promise.broken_at = State.BROKEN, promise.deadline
    return passed
