"""How a promise ends: kept, done late, renegotiated, withdrawn, or moot."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from apps.cases.enums import EventKind
from apps.cases.models import Interaction
from apps.promises import kinds
from apps.promises.domain.clock import advance
from apps.promises.domain.holding import hold_owed, tell
from apps.promises.domain.making import draft_promise
from apps.promises.domain.renewing import renew
from apps.promises.domain.stages import wind
from apps.promises.domain.waiting import check_answered, follow_to
from apps.promises.enums import Kind, Settlement, State
from apps.promises.errors import KeptByAnswer, NoConsent, NoReason, StillBroken
from apps.promises.models import Promise, Visit

if TYPE_CHECKING:
    from apps.accounts.models import User


@transaction.atomic
def keep_promise(
    *, promise_id: int, actor: User, interaction: Interaction | None = None
) -> Promise:
    """Say that what was promised is done, now; after its deadline that is late, and stays broken.

    ``interaction`` is where it was done. Records ``promise_kept``; a promise that renews itself
    starts its successor. Raises KeptByAnswer for the clock of an answer, Unanswered for a question
    behind the scenes without its answer, AlreadySettled, NotAllowed or Promise.DoesNotExist.
    """
    case, promise = hold_owed(promise_id, actor)
    _check_by_hand(promise)
    if promise.kind == Kind.INQUIRY:
        check_answered(promise)
    settle_kept(promise, at=timezone.now(), actor=actor, interaction=interaction)
    promise.save()
    late = {"late": True} if promise.is_broken else {}
    tell(case, EventKind.PROMISE_KEPT, promise, actor, **late)
    renew(case, promise)
    return promise


@transaction.atomic
def renegotiate_promise(
    *,
    promise_id: int,
    actor: User | None,
    due_at: datetime,
    consent: str,
    window_end: datetime | None = None,
    text: str = "",
    owner: User | None = None,
) -> Promise:
    """End a promise since the customer agreed to another time; returns its successor.

    ``consent`` says how they agreed; ``actor`` is None where they moved it themselves, and
    ``owner`` names who keeps the new one, if somebody else does. What was broken stays so.
    Records ``promise_renegotiated``. Raises NoConsent, PastTime, BadWindow, CannotOwn,
    AlreadySettled, NotAllowed or Promise.DoesNotExist.
    """
    case, promise = hold_owed(promise_id, actor)
    if not consent.strip():
        raise NoConsent
    successor = draft_promise(
        case,
        actor=actor,
        kind=promise.kind,
        due_at=due_at,
        window_end=window_end,
        text=text or promise.text,
        timezone=promise.timezone,
        owner=owner or promise.owner,
        channel=promise.channel,
        address=promise.address,
        line_since=promise.line_since,
        made_in=promise.made_in if promise.kind == Kind.INQUIRY else None,
    )
    settle_by_agreement(promise, at=timezone.now(), actor=actor, consent=consent)
    promise.save()
    successor.predecessor = promise
    successor.save()
    hand_over(promise, successor)
    due = successor.due_at.isoformat()
    tell(case, EventKind.PROMISE_RENEGOTIATED, promise, actor, to=successor.pk, due_at=due)
    return successor


@transaction.atomic
def withdraw_promise(*, promise_id: int, actor: User | None, reason: str) -> Promise:
    """Take a promise back with a reason. A broken one cannot be taken back: it is owed.

    Records ``promise_withdrawn``. Raises KeptByAnswer for the clock of an answer, NoReason,
    StillBroken, AlreadySettled, NotAllowed or Promise.DoesNotExist.
    """
    case, promise = hold_owed(promise_id, actor)
    _check_by_hand(promise)
    if not reason.strip():
        raise NoReason
    now = timezone.now()
    break_if_due(promise, at=now)
    if promise.is_broken:
        raise StillBroken
    _end(promise, State.WITHDRAWN, Settlement.WITHDRAWN, at=now, actor=actor)
    promise.reason = reason.strip()[:500]
    promise.save()
    tell(case, EventKind.PROMISE_WITHDRAWN, promise, actor)
    return promise


def _check_by_hand(promise: Promise) -> None:
    """Raise KeptByAnswer for what words alone begin and end."""
    if kinds.is_derived(promise.kind):
        raise KeptByAnswer


def hand_over(ended: Promise, successor: Promise) -> None:
    """Let what hangs on an ended promise go on with its successor: an inquiry with its link,
    the inquiries that it waits for, a return visit.
    """
    follow_to(successor, ended)
    Visit.objects.filter(promise=ended).update(promise=successor)


def settle_kept(
    promise: Promise, *, at: datetime, actor: User | None, interaction: Interaction | None = None
) -> None:
    """End an owed promise, which the caller stores, as kept; or late when its deadline is over."""
    break_if_due(promise, at=at)
    if promise.is_broken:
        _end(promise, State.BROKEN, Settlement.LATE, at=at, actor=actor)
    else:
        _end(promise, State.KEPT, Settlement.KEPT, at=at, actor=actor)
    promise.kept_in = interaction


def settle_by_agreement(
    promise: Promise, *, at: datetime, actor: User | None, consent: str
) -> None:
    """End an owed promise, which the caller stores, since the customer agreed to another time."""
    break_if_due(promise, at=at)
    state = State.BROKEN if promise.is_broken else State.RENEGOTIATED
    _end(promise, state, Settlement.RENEGOTIATED, at=at, actor=actor)
    promise.reason = consent.strip()[:500]


def settle_moot(promise: Promise, *, at: datetime, actor: User | None, reason: str = "") -> None:
    """End an owed promise, which the caller stores, on which nothing is left to do."""
    break_if_due(promise, at=at)
    state = State.BROKEN if promise.is_broken else State.WITHDRAWN
    _end(promise, state, Settlement.MOOT, at=at, actor=actor)
    promise.reason = reason


def settle_not_reached(promise: Promise, *, at: datetime, actor: User | None) -> None:
    """End an owed callback, which the caller stores, after the last attempt that was agreed."""
    break_if_due(promise, at=at)
    state = State.BROKEN if promise.is_broken else State.WITHDRAWN
    _end(promise, state, Settlement.NOT_REACHED, at=at, actor=actor)


def reopen(promise: Promise) -> None:
    """Let a promise, which the caller stores, be owed again as if it had never been settled."""
    promise.state = State.BROKEN if promise.broken_at else State.OPEN
    promise.settled_at, promise.settlement, promise.settled_by = None, "", None
    promise.kept_in, promise.reason = None, ""
    wind(promise)


def break_if_due(promise: Promise, *, at: datetime) -> None:
    """Let an open promise be broken if its deadline has come before the clock looked."""
    if promise.state == State.OPEN and at >= promise.deadline:
        advance([promise], at=at)


def _end(
    promise: Promise, state: State, settlement: Settlement, *, at: datetime, actor: User | None
) -> None:
    promise.state, promise.settlement = state, settlement
    promise.settled_at, promise.settled_by = at, actor
    promise.next_check_at = promise.next_attempt_at = promise.paused_at = None
