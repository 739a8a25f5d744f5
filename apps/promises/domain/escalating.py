"""What becomes of a promise whose owner is not there when it is about to be missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.accounts.domain import presence_at, works_at
from apps.accounts.enums import Presence
from apps.accounts.models import Absence, User
from apps.cases.domain.events import event
from apps.cases.enums import EventKind
from apps.cases.models import CaseEvent
from apps.notifications.domain import News
from apps.notifications.enums import Kind as NewsKind
from apps.promises.domain.crews import Crews
from apps.promises.models import Promise


@dataclass(frozen=True, slots=True)
class Move:
    """A promise that went from somebody who is away to somebody who is there."""

    promise: Promise
    former_id: int
    owner: User

    def event(self) -> CaseEvent:
        return event(
            self.promise.case,
            EventKind.PROMISE_GIVEN,
            promise=self.promise.pk,
            before=self.former_id,
            user=self.owner.pk,
            why="away",
        )

    def news(self) -> News:
        return News(self.owner.pk, self.promise.case_id, NewsKind.PROMISE_GIVEN)


def find_stand_ins(promises: Sequence[Promise], crews: Crews, at: datetime) -> list[Move]:
    """Give promises of people who are away to the least loaded of the team who is there.

    Changes the owner of the promises, which the caller stores; the case stays with its owner.
    A restricted case stays with whom it was given to: its leads are told instead.
    """
    owned = [promise for promise in promises if promise.owner and not promise.case.restricted]
    absent = _absent({promise.owner_id for promise in owned}, at)
    moves: dict[int, Move] = {}
    for promise in owned:
        owner = promise.owner
        if promise.pk in moves or owner is None or not _is_away(owner, absent, at):
            continue
        stand_in = crews[promise.case.team_id].least_loaded(barred=[owner.pk])
        if stand_in is not None:
            promise.owner, promise.follows_owner = stand_in, False
            moves[promise.pk] = Move(promise, owner.pk, stand_in)
    return list(moves.values())


def _absent(user_ids: set[int | None], at: datetime) -> set[int]:
    if not user_ids:
        return set()
    found = Absence.objects.at(at).filter(user__in=user_ids)
    return set(found.values_list("user_id", flat=True))


def _is_away(owner: User, absent: set[int], at: datetime) -> bool:
    """Absent, away by their own choice, outside their hours, or no longer with us."""
    away = presence_at(owner, at=at) == Presence.AWAY
    return not owner.is_active or owner.pk in absent or away or not works_at(owner, at)
