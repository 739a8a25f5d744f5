"""How a case begins, moves and ends. The only module that writes a case's status."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from apps.cases import customer_notices, guards, signals
from apps.cases.domain.events import locked, record
from apps.cases.enums import Direction, EventKind, Kind, Outcome, Status
from apps.cases.errors import AlreadyClosed, NotEnded, NotResolved
from apps.cases.models import Case, Interaction

if TYPE_CHECKING:
    from apps.accounts.models import Team, User
    from apps.customers.models import Customer


@transaction.atomic
def open_case(
    *,
    customer: Customer,
    channel: str,
    subject: str = "",
    kind: str = Kind.HELP,
    team: Team | None = None,
    owner: User | None = None,
    previous: Case | None = None,
    actor: User | None = None,
    at: datetime | None = None,
) -> Case:
    """Open a case and tell the other layers (signal ``case_opened``); ``at`` is UTC, now."""
    at = at or timezone.now()
    case = Case.objects.create(
        customer=customer,
        channel=channel,
        last_channel=channel,
        subject=subject[:500],
        kind=kind,
        team=team,
        owner=owner,
        previous=previous,
        status=Status.OPEN if owner else Status.NEW,
        opened_at=at,
        last_activity_at=at,
    )
    linked = {"previous": previous.number} if previous else {}
    record(case, EventKind.CASE_OPENED, actor=actor, channel=channel, kind=kind, **linked)
    signals.case_opened.send(Case, case=case)
    return case


@transaction.atomic
def resolve_case(*, case_id: int, actor: User) -> Case:
    """Offer the matter as solved; the customer confirms, or the policy's time closes it.

    Raises AlreadyClosed or NotAllowed. Resolving twice changes nothing.
    """
    case = locked(case_id, actor)
    if case.status == Status.CLOSED:
        raise AlreadyClosed
    if case.status == Status.RESOLVED:
        return case
    case.status, case.resolved_at, case.waiting_since = (
        Status.RESOLVED,
        timezone.now(),
        None,
    )
    _save(case, "status", "resolved_at", "waiting_since")
    record(case, EventKind.CASE_RESOLVED, actor=actor)
    return case


@transaction.atomic
def confirm_case(*, case_id: int, actor: User | None = None) -> Case:
    """Put the customer's own "it works" on record, and close.

    ``actor`` is the agent who heard it, None when the customer said so themselves.
    Raises NotResolved, StillOwed or NotAllowed.
    """
    case = locked(case_id, actor)
    if case.status != Status.RESOLVED:
        raise NotResolved
    record(case, EventKind.CASE_CONFIRMED, actor=actor)
    return close_case(case_id=case_id, actor=actor, outcome=Outcome.CONFIRMED)


@transaction.atomic
def close_case(*, case_id: int, actor: User | None, outcome: str = Outcome.AGREED) -> Case:
    """Close a case on which nothing is owed any more; the customer is told after commit.

    Raises StillOwed with what hangs on the case, AlreadyClosed, or NotAllowed.
    """
    case = locked(case_id, actor)
    if case.status == Status.CLOSED:
        raise AlreadyClosed
    guards.check_can_close(case)
    now = timezone.now()
    case.status, case.closed_at, case.waiting_since = Status.CLOSED, now, None
    case.resolved_at = case.resolved_at or now
    _save(case, "status", "closed_at", "resolved_at", "waiting_since")
    record(case, EventKind.CASE_CLOSED, actor=actor, outcome=outcome)
    customer_notices.tell(case, "closed")
    return case


@transaction.atomic
def reopen_case(*, case_id: int, actor: User | None, why: str = "") -> Case:
    """Take up a resolved or closed case again; raises NotEnded or NotAllowed."""
    case = locked(case_id, actor)
    if not case.is_ended:
        raise NotEnded
    _reopen(case)
    _save(case, "status", "resolved_at", "closed_at", "reopened_count")
    record(case, EventKind.CASE_REOPENED, actor=actor, why=why)
    return case


def after_interaction(case: Case, interaction: Interaction) -> set[str]:
    """Move status and clocks of a locked case as an interaction demands; returns the fields.

    A machine's message and a note move nothing. A customer's word waits for us from its
    receipt on and reopens what was ended; our public word ends the waiting.
    """
    if interaction.is_internal or interaction.automatic:
        return set()
    if interaction.direction == Direction.INBOUND:
        return _customer_spoke(case, interaction.received_at)
    return _we_spoke(case, interaction.received_at)


def take_up(case: Case) -> None:
    """A case that gets an owner is no longer new."""
    if case.status == Status.NEW:
        case.status = Status.OPEN


def _customer_spoke(case: Case, at: datetime) -> set[str]:
    case.waiting_since = min(case.waiting_since or at, at)
    if case.is_ended:
        _reopen(case)
        record(case, EventKind.CASE_REOPENED, why="customer_wrote")
        return {"waiting_since", "status", "resolved_at", "closed_at", "reopened_count"}
    if case.status == Status.WAITING:
        case.status = Status.OPEN
    return {"waiting_since", "status"}


def _we_spoke(case: Case, at: datetime) -> set[str]:
    case.waiting_since = None
    case.first_reply_at = case.first_reply_at or at
    if not case.is_ended:
        case.status = Status.WAITING
    return {"waiting_since", "first_reply_at", "status"}


def _reopen(case: Case) -> None:
    case.status, case.resolved_at, case.closed_at = Status.OPEN, None, None
    case.reopened_count += 1


def _save(case: Case, *fields: str) -> None:
    case.save(update_fields=fields)
    signals.case_changed.send(Case, case=case, changed=frozenset(fields))
