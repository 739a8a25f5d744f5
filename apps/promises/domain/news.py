"""Whom each stage of the clock concerns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from apps.notifications.domain import News
from apps.notifications.enums import Kind as NewsKind
from apps.promises.domain.crews import Crew, Crews
from apps.promises.enums import Stage
from apps.promises.models import Promise

KINDS: dict[Stage, NewsKind] = {
    Stage.HALF: NewsKind.PROMISE_AT_RISK,
    Stage.THREE_QUARTERS: NewsKind.PROMISE_AT_RISK,
    Stage.SOON: NewsKind.PROMISE_DUE,
    Stage.BROKEN: NewsKind.PROMISE_BROKEN,
}


@dataclass(frozen=True, slots=True)
class Told:
    """One stage that one promise has come to."""

    promise: Promise
    stage: Stage


def news_of(told: Iterable[Told], crews: Crews) -> list[News]:
    """What is told to whom: the owner shortly before, team and lead earlier, all of it when it
    broke.
    """
    return [
        News(user_id, one.promise.case_id, KINDS[one.stage])
        for one in told
        for user_id in sorted(_audience(one, crews[one.promise.case.team_id]))
    ]


def _audience(one: Told, crew: Crew) -> set[int]:
    """A restricted case is nobody's business but its owner's here; leads see it in their queue."""
    promise = one.promise
    owner = {promise.owner_id} if promise.owner_id else set()
    if promise.case.restricted:
        return owner
    there = set(crew.there)
    match one.stage:
        case Stage.HALF | Stage.THREE_QUARTERS:
            return crew.leads | there
        case Stage.SOON:
            return owner or there
        case Stage.BROKEN:
            return owner | crew.leads | (set() if owner else there)
