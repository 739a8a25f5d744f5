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

AWAY, SHUT_OUT = "away", "shut_out"


@dataclass(frozen=True, slots=True)
class Move:
    """A promise that went from somebody who cannot keep it to somebody who can, or to nobody."""

    promise: Promise
    former_id: int
    owner: User | None
    why: str = AWAY

    def event(self) -> CaseEvent:
        return event(
            self.promise.case,
            EventKind.PROMISE_GIVEN,
            promise=self.promise.pk,
            promise_kind=self.promise.kind,
            before=self.former_id,
            user=self.owner.pk if self.owner else None,
            why=self.why,
        )

    def news(self) -> list[News]:
        """What its new owner is told; where nobody owns it, it waits for whoever takes it."""
        owner = self.owner
        return [News(owner.pk, self.promise.case_id, NewsKind.PROMISE_GIVEN)] if owner else []


def pass_on(promise: Promise, owner: User | None, why: str) -> Move:
    """Let an owned promise, which the caller stores, belong to somebody else, or to nobody."""
    former = promise.owner_id
    assert former is not None  # noqa: S101 - what nobody owns is not passed on
    promise.owner = owner
    promise.follows_owner = owner is None or owner.pk == promise.case.owner_id
    return Move(promise, former, owner, why)


def find_stand_ins(promises: Sequence[Promise], crews: Crews, at: datetime) -> list[Move]:
    """Give promises of people who are away to the least loaded of the team who is there.

    Changes the owner of the promises, which the caller stores; the case stays with its owner.
    A restricted case stays with whom it was given to. Whoever may not work on the case any
    more is not there at all: what they owe goes to the case's owner, else to whoever is there,
    else to nobody, so that anybody of the team can take it.
    """
    owned = {promise.pk: promise for promise in promises if promise.owner}
    asked = {one.owner_id for one in owned.values()} | {one.case.owner_id for one in owned.values()}
    absent = _absent(asked, at)
    moves = []
    for promise in owned.values():
        owner, crew = promise.owner, crews.of(promise.case)
        if owner is None:
            continue
        if not crew.may_work(owner):
            taker = _instead(promise, crews, absent, at)
            moves.append(pass_on(promise, taker, SHUT_OUT))
        elif not promise.case.restricted and _is_away(owner, absent, at):
            stand_in = crew.least_loaded(barred=[owner.pk])
            if stand_in is not None:
                moves.append(pass_on(promise, stand_in, AWAY))
    return moves


def _instead(promise: Promise, crews: Crews, absent: set[int], at: datetime) -> User | None:
    """The case's owner if they are there, else whoever is, else its owner all the same."""
    owner = crews.owner_of(promise.case)
    if owner is not None and not _is_away(owner, absent, at):
        return owner
    return crews.of(promise.case).least_loaded() or owner


def _absent(user_ids: set[int | None], at: datetime) -> set[int]:
    if not user_ids:
        return set()
    found = Absence.objects.at(at).filter(user__in=user_ids)
    return set(found.values_list("user_id", flat=True))


def _is_away(owner: User, absent: set[int], at: datetime) -> bool:
    """Absent, away by their own choice, outside their hours, or no longer with us."""
    away = presence_at(owner, at=at) == Presence.AWAY
    return not owner.is_active or owner.pk in absent or away or not works_at(owner, at)
