"""Callbacks and return visits: taking one, and what became of each attempt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from apps.cases.enums import EventKind
from apps.cases.models import Case
from apps.cases.rules import can_write
from apps.live.domain import announce
from apps.promises.domain.agreed import Agreement, agreement_of
from apps.promises.domain.fallback import find_another_way, tell_not_reached
from apps.promises.domain.holding import hold_owed, tell, touch
from apps.promises.domain.settling import (
    break_if_due,
    keep_promise,
    renegotiate_promise,
    settle_moot,
    settle_not_reached,
)
from apps.promises.domain.spoken import record_call
from apps.promises.domain.trying import counts, plan_next, spare_early
from apps.promises.enums import NOT_REACHED, Outcome
from apps.promises.errors import AlreadyTakenBy, NotACallback
from apps.promises.models import Attempt, Promise
from apps.promises.topics import OWED

if TYPE_CHECKING:
    from apps.accounts.models import User


@dataclass(frozen=True, slots=True)
class NewTime:
    """Another time that the customer agreed to while they were reached."""

    due_at: datetime
    window_end: datetime | None = None
    consent: str = ""


@transaction.atomic
def take_callback(*, promise_id: int, actor: User) -> Promise:
    """Make the actor the owner of a callback that has none; of fifty who try, one succeeds.

    An owner who may not work on the case any more is none.
    Raises AlreadyTakenBy with the owner's name, AlreadySettled or NotAllowed.
    """
    case, promise = hold_owed(promise_id, actor)
    if promise.owner_id == actor.pk:
        return promise
    owner, before = promise.owner, promise.owner_id
    if owner is not None and owner.is_active and can_write(owner, case):
        raise AlreadyTakenBy(owner.name)
    promise.owner, promise.follows_owner = actor, case.owner_id == actor.pk
    promise.save(update_fields=["owner", "follows_owner"])
    tell(case, EventKind.PROMISE_GIVEN, promise, actor, before=before, user=actor.pk, why="taken")
    if before:
        announce(OWED, before)
    return promise


@transaction.atomic
def record_attempt(
    *,
    promise_id: int,
    actor: User,
    outcome: Outcome,
    note: str = "",
    new_time: NewTime | None = None,
) -> Attempt:
    """Note one attempt to call the customer, and do what follows from it.

    Reached and done keeps the promise; another time agreed (``new_time``) renegotiates it: either
    was a call of ours, which stands in the conversation from then on, with the note. Who does not
    want to be called any more ends it. A dial that did not reach them counts, and the next
    attempt follows after the gap of the policy; one before the time that was agreed, or within
    that gap, is noted and changes nothing. A time that a person agreed on stays as it was said;
    but whoever dialled in time has not broken it, and has until the next attempt. After the last
    attempt the customer is told on their preferred channel instead; where there is none, somebody
    has to find another way to them.

    Raises NotACallback, AlreadySettled, NotAllowed, NoConsent or PastTime.
    """
    case, promise = hold_owed(promise_id, actor)
    if not promise.address:
        raise NotACallback
    agreed, now = agreement_of(case), timezone.now()
    in_vain = outcome in NOT_REACHED
    attempt = Attempt.objects.create(
        promise=promise,
        at=now,
        actor=actor,
        outcome=outcome,
        note=note.strip(),
        counted=in_vain and counts(promise, agreed, at=now),
    )
    data = {"counted": False} if in_vain and not attempt.counted else {}
    tell(case, EventKind.ATTEMPT_MADE, promise, actor, outcome=outcome, attempt=attempt.pk, **data)
    if in_vain:
        _try_again(case, promise, attempt, agreed)
    else:
        _end(case, promise, attempt, actor, new_time)
    return attempt


def _end(
    case: Case, promise: Promise, attempt: Attempt, actor: User, new_time: NewTime | None
) -> None:
    """Settle a callback that reached its customer."""
    if attempt.outcome == Outcome.REFUSED:
        settle_moot(promise, at=attempt.at, actor=actor, reason=str(Outcome.REFUSED.label))
        promise.save()
        touch(promise)
        return
    said = attempt.interaction = record_call(case, promise, attempt, actor)
    attempt.save(update_fields=["interaction"])
    if attempt.outcome == Outcome.REACHED_DONE:
        keep_promise(promise_id=promise.pk, actor=actor, interaction=said)
    else:
        _move(promise, actor, new_time)


def _move(promise: Promise, actor: User, new_time: NewTime | None) -> None:
    """Renegotiate; that they were reached is the customer's yes on record."""
    when = new_time or NewTime(due_at=timezone.now())
    renegotiate_promise(
        promise_id=promise.pk,
        actor=actor,
        due_at=when.due_at,
        window_end=when.window_end,
        consent=when.consent or str(Outcome.REACHED_NEW_TIME.label),
    )


def _try_again(case: Case, promise: Promise, attempt: Attempt, agreed: Agreement) -> None:
    """Plan the next attempt, or give up as the policy says and tell the customer otherwise."""
    break_if_due(promise, at=attempt.at)
    if not attempt.counted:
        spare_early(promise, agreed, at=attempt.at)
    else:
        promise.times_tried += 1
        if agreed.targets.gap_after(promise.times_tried) is None:
            _give_up(case, promise, attempt)
            return
        plan_next(case, promise, agreed, since=attempt.at)
    promise.save()
    touch(promise)


def _give_up(case: Case, promise: Promise, attempt: Attempt) -> None:
    settle_not_reached(promise, at=attempt.at, actor=attempt.actor)
    promise.save()
    told = tell_not_reached(case, promise)
    tries = promise.times_tried
    tell(case, EventKind.NOT_REACHED, promise, attempt.actor, tries=tries, told=told)
    if not told:
        find_another_way(case, promise)
