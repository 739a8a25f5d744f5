"""Fetching promises for a change, and what every change leaves behind."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Min

from apps.cases.domain import set_dues
from apps.cases.domain.events import locked, record
from apps.cases.hearing import CASE
from apps.cases.models import Case
from apps.live.domain import announce
from apps.promises.errors import AlreadySettled
from apps.promises.models import Promise
from apps.promises.topics import OWED

if TYPE_CHECKING:
    from apps.accounts.models import User


def hold(promise_id: int, actor: User | None) -> tuple[Case, Promise]:
    """Fetch a promise with its case for a change, the case locked first, as everywhere.

    Raises NotAllowed, AlreadyMerged or Promise.DoesNotExist.
    """
    case_id = Promise.objects.values_list("case_id", flat=True).get(pk=promise_id)
    case = locked(case_id, actor)
    promise = Promise.objects.select_for_update(of=("self",)).get(pk=promise_id)
    promise.case = case
    return case, promise


def hold_owed(promise_id: int, actor: User | None) -> tuple[Case, Promise]:
    """As ``hold``; raises AlreadySettled for a promise on which nothing is owed."""
    case, promise = hold(promise_id, actor)
    if not promise.is_owed:
        raise AlreadySettled
    return case, promise


def tell(case: Case, kind: str, promise: Promise, actor: User | None, **data: Any) -> None:
    """Record what happened to a promise and let browsers know."""
    record(case, kind, actor=actor, promise=promise.pk, promise_kind=promise.kind, **data)
    touch(promise)


def touch(*promises: Promise) -> None:
    """Bring ``Case.due_at`` in line, and let browsers that show any of these fetch it anew."""
    case_ids = {promise.case_id for promise in promises}
    refresh_dues(case_ids)
    announce(CASE, *sorted(case_ids))
    announce(OWED, *sorted({promise.owner_id for promise in promises if promise.owner_id}))


def refresh_dues(case_ids: Collection[int]) -> None:
    """Work out again when the first of what is promised in these cases breaks."""
    running = Promise.objects.owed().filter(case__in=case_ids, paused_at=None)
    first = running.order_by().values("case").annotate(first=Min("deadline"))
    found: dict[int, datetime] = dict(first.values_list("case", "first"))
    set_dues({case_id: found.get(case_id) for case_id in case_ids})
