"""A wish for somebody senior is a promise with a clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from apps.cases.domain.events import locked
from apps.cases.models import Case
from apps.cases.rules import can_write
from apps.promises.domain.agreed import agreement_of
from apps.promises.domain.crews import load_crews
from apps.promises.domain.making import make_promise
from apps.promises.errors import NobodySenior, NoReason
from apps.promises.models import Promise

if TYPE_CHECKING:
    from apps.accounts.models import User

SENIOR = "senior"
WITHIN = timedelta(hours=1)


def senior_due(case: Case) -> datetime:
    """By when a lead speaks to a customer who wishes for that (UTC): an hour of opening time."""
    return agreement_of(case).after_span(timezone.now(), WITHIN)


@transaction.atomic
def wish_for_senior(
    *, case_id: int, actor: User, reason: str, text: str = "", due_at: datetime | None = None
) -> Promise:
    """Promise a customer that a lead of the team speaks to them within an hour of opening time,
    or by another time (``due_at``) that suits them.

    The lead who is there and has the least work owes it; the case stays with its owner.
    Raises NoReason, NobodySenior where the team has no lead, PastTime, NotAllowed or AlreadyClosed.
    """
    case = locked(case_id, actor)
    if not reason.strip():
        raise NoReason
    lead = _choose(case)
    due = due_at or senior_due(case)
    promise = make_promise(
        case_id=case_id, actor=actor, kind=SENIOR, due_at=due, text=text, owner=lead
    )
    promise.reason, promise.follows_owner = reason.strip()[:500], False
    promise.save(update_fields=["reason", "follows_owner"])
    return promise


def _choose(case: Case) -> User:
    """The lead who is there and has the fewest cases, else any lead."""
    crew = load_crews([case], timezone.now()).of(case)
    leads = [crew.people[pk] for pk in sorted(crew.leads) if can_write(crew.people[pk], case)]
    if not leads:
        raise NobodySenior
    return min(leads, key=lambda one: (one.pk not in crew.there, crew.there.get(one.pk, 0)))
