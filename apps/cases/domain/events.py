"""Recording events, and fetching a case for a change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from apps.cases import signals
from apps.cases.errors import AlreadyMerged, NotAllowed
from apps.cases.models import Case, CaseEvent
from apps.cases.rules import can_read, can_write
from apps.common.bulk import insert_rows

if TYPE_CHECKING:
    from apps.accounts.models import User


def event(case: Case, kind: str, /, *, actor: User | None = None, **data: Any) -> CaseEvent:
    """An event that is not stored yet, for whoever stores many at once."""
    return CaseEvent(case=case, kind=kind, actor=actor, data=data)


def record(case: Case, kind: str, /, *, actor: User | None = None, **data: Any) -> CaseEvent:
    """Append to the case's story; ``data`` holds ids and values, never customers' texts."""
    new = event(case, kind, actor=actor, **data)
    new.save()
    signals.events_recorded.send(CaseEvent, events=[new])
    return new


def record_all(events: Sequence[CaseEvent]) -> None:
    """Append many events that ``event`` made, with one statement."""
    insert_rows(events)
    signals.events_recorded.send(CaseEvent, events=events)


def locked(case_id: int, actor: User | None = None) -> Case:
    """Fetch a case for a change, locked until the transaction ends.

    Without an actor the system itself changes it: what concerns a merged case then goes to the
    one in which it goes on. Raises NotAllowed, AlreadyMerged or Case.DoesNotExist.
    """
    case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    if actor is None:
        return locked(case.merged_into_id) if case.merged_into_id else case
    if not can_write(actor, case):
        raise NotAllowed
    check_standing(case)
    return case


def locked_readable(case_id: int, actor: User) -> Case:
    """Fetch a case, locked, for what a mere reader may leave in it: a note, a follower.

    Raises NotAllowed, AlreadyMerged or Case.DoesNotExist.
    """
    case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    if not can_read(actor, case):
        raise NotAllowed
    check_standing(case)
    return case


def locked_pair(one_id: int, other_id: int, actor: User) -> tuple[Case, Case]:
    """Fetch two cases for a change of both, locked in the order of their keys.

    Raises NotAllowed unless the actor may change both, or Case.DoesNotExist.
    """
    both = Case.objects.select_for_update(of=("self",)).filter(pk__in=(one_id, other_id))
    found = {case.pk: case for case in both.order_by("pk")}
    if not {one_id, other_id} <= found.keys():
        raise Case.DoesNotExist
    if not all(can_write(actor, case) for case in found.values()):
        raise NotAllowed
    return found[one_id], found[other_id]


def check_standing(case: Case) -> None:
    """Raise AlreadyMerged for a case that goes on in another one."""
    if case.merged_into_id:
        raise AlreadyMerged(case.number, case.merged_number)
