"""The word with which a case was handed over, for whoever got it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.accounts.models import User
from apps.accounts.rules import is_in_team
from apps.cases.enums import EventKind
from apps.cases.models import Case, CaseEvent, Interaction
from apps.desk.names import Names

SHOWN_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Handed:
    """Who handed the case over, and what they wrote; ``pk`` is that of the note."""

    by: str
    text: str
    pk: int


def find_handed(
    case: Case,
    user: User,
    shown: Sequence[Interaction],
    events: Sequence[CaseEvent],
    names: Names,
) -> Handed | None:
    """The newest such word on a page, until its receiver has said something; asks nothing.

    It is for the owner; while there is none, for everybody in the team.
    """
    given = [event for event in events if event.kind == EventKind.CASE_ASSIGNED]
    noted = [event for event in given if event.data.get("note")]
    if not noted or noted[-1].actor_id == user.pk or not _is_receiver(case, user, noted[-1].data):
        return None
    pk = noted[-1].data["note"]
    said: Any = next((one for one in shown if one.pk == pk), None)
    if said is None or any(one.author_id == user.pk and one.pk > pk for one in shown):
        return None
    return Handed(names.doer(noted[-1].actor_id), said.shown[:SHOWN_LENGTH], pk)


def _is_receiver(case: Case, user: User, data: dict[str, Any]) -> bool:
    if data["after"]["owner"] not in (None, user.pk):
        return False
    return case.owner_id == user.pk or (case.owner_id is None and is_in_team(user, case.team_id))
