"""News on the progress may wait while the customer's word is awaited, where the policy says so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from apps.cases.enums import Status
from apps.promises import kinds
from apps.promises.domain.agreed import agreement_of
from apps.promises.domain.stages import wind
from apps.promises.enums import State
from apps.promises.models import Promise

FIELDS = (
    "due_at",
    "deadline",
    "paused_at",
    "next_check_at",
    "first_reminder",
    "second_reminder",
)


def pause_or_resume(promises: Iterable[Promise], *, at: datetime) -> list[Promise]:
    """Stop clocks that the policy stops while we wait for the customer, let the others go on.

    Only what a rule promised: a time that a person told the customer stands. What goes on has
    the open time that was left to it. Returns the promises that changed; the caller stores
    their ``FIELDS``.
    """
    changed = []
    for promise in promises:
        if promise.state != State.OPEN or not promise.automatic or not _pauses(promise):
            continue
        waits = (
            promise.case.status == Status.WAITING
            and agreement_of(promise.case).targets.pause_updates
        )
        if waits and promise.paused_at is None:
            promise.paused_at = at
        elif not waits and promise.paused_at is not None:
            _resume(promise, promise.paused_at, at)
        else:
            continue
        wind(promise)
        changed.append(promise)
    return changed


def _resume(promise: Promise, paused_at: datetime, at: datetime) -> None:
    agreed = agreement_of(promise.case)
    left = agreed.open_time(paused_at, promise.deadline)
    promise.due_at = promise.deadline = agreed.after_span(at, left)
    promise.paused_at = None
    for name, share in agreed.reminders(promise.made_at, promise.deadline).items():
        setattr(promise, name, share)


def _pauses(promise: Promise) -> bool:
    return kinds.has(promise.kind) and kinds.get(promise.kind).pauses
