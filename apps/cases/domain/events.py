"""Recording events, and fetching a case for a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apps.cases.errors import NotAllowed
from apps.cases.models import Case, CaseEvent
from apps.cases.rules import can_write

if TYPE_CHECKING:
    from apps.accounts.models import User


def event(case: Case, kind: str, /, *, actor: User | None = None, **data: Any) -> CaseEvent:
    """An event that is not stored yet, for whoever stores many at once."""
    return CaseEvent(case=case, kind=kind, actor=actor, data=data)


def record(case: Case, kind: str, /, *, actor: User | None = None, **data: Any) -> CaseEvent:
    """Append to the case's story; ``data`` holds ids and values, never customers' texts."""
    new = event(case, kind, actor=actor, **data)
    new.save()
    return new


def locked(case_id: int, actor: User | None = None) -> Case:
    """Fetch a case for a change, locked until the transaction ends.

    Without an actor the system itself changes it. Raises NotAllowed or Case.DoesNotExist.
    """
    case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    if actor is not None and not can_write(actor, case):
        raise NotAllowed
    return case
