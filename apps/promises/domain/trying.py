"""Which dials in vain count, and when it is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import prefetch_related_objects

from apps.cases.models import Case
from apps.customers import wishes
from apps.promises.domain.agreed import Agreement
from apps.promises.domain.stages import wind
from apps.promises.enums import State
from apps.promises.models import Attempt, Promise

# Quiet hours and opening hours push a time on in turn; beyond that they leave no time at all.
TURNS = 60


def counts(promise: Promise, agreed: Agreement, *, at: datetime) -> bool:
    """Whether a dial in vain at ``at`` (UTC) uses up one of the attempts of the policy.

    One before the time that was agreed does not: the customer did not wait by the phone yet. Nor
    does one within the pause after the last that counted, such as a second press.
    """
    if at < promise.opens_at:
        return False
    last = last_counted(promise)
    gap = agreed.targets.gap_after(promise.times_tried)
    return last is None or gap is None or at >= agreed.after_span(last, gap)


def plan_next(case: Case, promise: Promise, agreed: Agreement, *, since: datetime) -> None:
    """Let an owed promise, which the caller stores, be tried again after the policy's pause.

    Whoever dialled in time has until then, and the length of a callback more.
    """
    gap = agreed.targets.gap_after(promise.times_tried) or timedelta(0)
    promise.next_attempt_at = _welcome(case, agreed, agreed.after_span(since, gap))
    _leave_time(promise, agreed, promise.next_attempt_at)


def spare_early(promise: Promise, agreed: Agreement, *, at: datetime) -> None:
    """Give whoever dialled shortly before the one time that was agreed until just after it.

    The time stays as it was said. Nothing changes for a window, which has an end of its own.
    """
    gap = agreed.targets.gap_after(1) or timedelta(minutes=agreed.targets.callback_slot)
    if promise.window_end is None and promise.due_at - gap <= at < promise.due_at:
        _leave_time(promise, agreed, promise.due_at)


def _leave_time(promise: Promise, agreed: Agreement, begins: datetime) -> None:
    if promise.state == State.OPEN:
        in_time = begins + timedelta(minutes=agreed.targets.callback_slot)
        promise.deadline = max(promise.deadline, in_time)
        wind(promise)


def _welcome(case: Case, agreed: Agreement, at: datetime) -> datetime:
    """The first moment from ``at`` (UTC) on at which we work and the customer may be called.

    Where there is none, it is ``at`` itself.
    """
    found = at
    prefetch_related_objects([case.customer], wishes.prefetch())
    for _turn in range(TURNS):
        allowed = wishes.next_allowed(case.customer, found)
        opening = agreed.schedule.next_opening(allowed) if allowed else None
        if opening is None:
            return at
        if opening == found:
            return found
        found = opening
    return at


def last_counted(promise: Promise) -> datetime | None:
    """When the last attempt was made that used up one of the policy's."""
    made = Attempt.objects.filter(promise=promise, counted=True)
    return made.order_by("-at").values_list("at", flat=True).first()
