"""Taking back what one did to a promise a moment ago, and what followed from it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from apps.cases.domain import reopen_case, take_back_call
from apps.cases.enums import EventKind, Status
from apps.cases.errors import AlreadyClosed
from apps.cases.models import Case, Interaction
from apps.promises import kinds
from apps.promises.domain.agreed import agreement_of
from apps.promises.domain.holding import hold, tell, touch
from apps.promises.domain.returning import give_back
from apps.promises.domain.settling import hand_over, reopen
from apps.promises.domain.trying import last_counted, plan_next
from apps.promises.enums import ENDING, REPLIES, Settlement
from apps.promises.errors import AnotherStands, KeptByAnswer, TooLateToUndo
from apps.promises.models import Promise, Visit

if TYPE_CHECKING:
    from apps.accounts.models import User

SECOND_THOUGHTS = timedelta(minutes=2)


@transaction.atomic
def take_back_settlement(*, promise_id: int, actor: User) -> Promise:
    """Undo what the actor did to a promise a moment ago: it is owed as before.

    A successor that it had is gone again, and so is the attempt that had settled it; the call
    that stood on record for it is a note from now on, and what it answered waits again. Records
    ``promise_reopened``. Raises TooLateToUndo after two minutes, for somebody else's deed, or
    where the successor has been worked on; AnotherStands where a rule has started a new one since;
    KeptByAnswer for the clock of an answer that a word ended; AlreadyClosed where the case was
    closed since.
    """
    case, promise = hold(promise_id, actor)
    now = timezone.now()
    if promise.settled_at is None:
        return promise
    if promise.settled_by_id != actor.pk or now - promise.settled_at > SECOND_THOUGHTS:
        raise TooLateToUndo
    _take_back_visit(case, promise, actor)
    if case.closed_at is not None and promise.settled_at <= case.closed_at:
        raise AlreadyClosed
    if promise.settlement != Settlement.RENEGOTIATED and kinds.is_derived(promise.kind):
        raise KeptByAnswer
    successor = Promise.objects.filter(predecessor=promise).first()
    if successor is not None and _is_under_way(successor):
        raise TooLateToUndo
    if _has_rival(promise, successor):
        raise AnotherStands
    if successor is not None:
        hand_over(successor, promise)
        successor.delete()
    settlement = promise.settlement
    reopen(promise)
    call = _drop_attempt(promise, settlement)
    last = last_counted(promise)
    if last is not None:
        plan_next(case, promise, agreement_of(case), since=last)
    promise.save()
    if call is not None:
        take_back_call(case=case, interaction=call)
        touch(promise, *give_back([case]))
    tell(case, EventKind.PROMISE_REOPENED, promise, actor)
    return promise


def _take_back_visit(case: Case, promise: Promise, actor: User) -> None:
    """Let a return visit have brought nothing, and its case, which closed by that, go on."""
    said = Visit.objects.filter(promise=promise).exclude(outcome="")
    if said.update(outcome="") and case.status == Status.CLOSED:
        reopen_case(case_id=case.pk, actor=actor, counts=False)
        case.refresh_from_db()


def _is_under_way(successor: Promise) -> bool:
    return not successor.is_owed or successor.is_broken or successor.attempts.exists()


def _has_rival(promise: Promise, successor: Promise | None) -> bool:
    """Whether a rule has made another one in the place of what a rule had made."""
    if not promise.automatic:
        return False
    same = REPLIES if promise.kind in REPLIES else [promise.kind]
    owed = Promise.objects.owed().filter(case=promise.case_id, kind__in=same, automatic=True)
    others = owed.exclude(pk=successor.pk) if successor else owed
    return others.exists()


def _drop_attempt(promise: Promise, settlement: str) -> Interaction | None:
    """Delete the attempt that had settled a promise, if one had; returns the call that it put on
    record, and none that somebody had written down before.
    """
    made = promise.attempts.select_related("interaction").order_by("at", "pk").last()
    if made is None or not (made.outcome in ENDING or settlement == Settlement.NOT_REACHED):
        return None
    promise.times_tried -= int(made.counted)
    made.delete()
    call = made.interaction
    return call if call is not None and call.received_at >= made.at else None
