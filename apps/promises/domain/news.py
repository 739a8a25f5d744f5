"""Whom each stage of the clock concerns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.notifications.domain import News
from apps.notifications.enums import Kind as NewsKind
from apps.promises.domain.crews import Crews
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


def news_of(told: Sequence[Told], crews: Crews) -> list[News]:
    """What is told to whom: the owner shortly before, team and lead earlier, all of it when it
    broke. Where nobody of those is there, whoever may work on the case.

    Of stages that a promise came to at once, as after a night without a worker, everybody hears
    the last that concerns them; what is broken is no longer at risk or due.
    """
    broken = {one.promise.pk for one in told if one.stage == Stage.BROKEN}
    latest: dict[tuple[int, int], News] = {}
    for one in told:
        if one.stage != Stage.BROKEN and one.promise.pk in broken:
            continue
        for user_id in sorted(_audience(one, crews)):
            news = News(user_id, one.promise.case_id, KINDS[one.stage])
            latest[one.promise.pk, user_id] = news
    return list(latest.values())


def _audience(one: Told, crews: Crews) -> set[int]:
    """A restricted case is nobody's business but its owner's here; without one it is that of all
    who are named on it.
    """
    promise, crew = one.promise, crews.of(one.promise.case)
    owner = {promise.owner_id} if promise.owner_id else set()
    there, everybody = set(crew.there), set(crew.people)
    if promise.case.restricted:
        return owner or everybody
    match one.stage:
        case Stage.HALF | Stage.THREE_QUARTERS:
            return crew.leads | there
        case Stage.SOON:
            return owner or there or crew.leads
        case Stage.BROKEN:
            whose = crews.owner_of(promise.case)
            own = owner or there | ({whose.pk} if whose else set())
            return own | crew.leads or everybody
