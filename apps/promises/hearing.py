"""What promises hear of cases, and who may hear of promises."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from apps.accounts.models import User
from apps.cases import guards, signals
from apps.cases.enums import EventKind, Status
from apps.cases.hearing import RIGHTS
from apps.cases.models import Case, CaseEvent, Interaction
from apps.channels.signals import messages_threaded
from apps.live import registry
from apps.promises.domain import belonging, closing, following, inquiring, renewing
from apps.promises.topics import OWED

# Told of by ``interactions_recorded``, for all cases of a batch at once.
BY_INTERACTION = "last_activity_at"


def register() -> None:
    """Called once, when the app is ready."""
    registry.register(OWED, debtors)
    guards.register(closing.what_is_owed)
    signals.interactions_recorded.connect(_recorded)
    signals.words_left.connect(_left)
    messages_threaded.connect(_threaded)
    signals.case_changed.connect(_changed)
    signals.events_recorded.connect(_events)
    signals.case_joined.connect(_joined)
    signals.case_merged.connect(_merged)
    signals.case_unmerged.connect(_unmerged)
    signals.case_split.connect(_split)


def debtors(ids: Collection[int], user_ids: Collection[int]) -> Mapping[int, set[int]]:
    """Each person hears of what they owe themselves."""
    active = User.objects.filter(pk__in=set(ids) & set(user_ids), is_active=True)
    return {pk: {pk} for pk in active.values_list("pk", flat=True)}


def _recorded(interactions: list[Interaction], **_: Any) -> None:
    following.follow_words(interactions)
    inquiring.answered_by_mail(interactions)


def _threaded(interactions: list[Interaction], **_: Any) -> None:
    """Of several questions to one address only what a mail names says which it answers."""
    inquiring.answered_by_mail(interactions)


def _left(interactions: list[Interaction], **_: Any) -> None:
    following.follow_words(interactions)


def _changed(case: Case, changed: frozenset[str], **_: Any) -> None:
    if "merged_into" in changed:  # told of by ``case_merged`` and ``case_unmerged``
        return
    if "owner" in changed:
        belonging.follow_owner(case)
    if changed & RIGHTS:
        belonging.follow_rights(case)
    if "waiting_since" in changed and BY_INTERACTION not in changed:
        following.follow_waiting([case])
    if "status" in changed and case.status == Status.RESOLVED:
        closing.resolved(case)


def _events(events: Sequence[CaseEvent], **_: Any) -> None:
    for event in events:
        if event.kind == EventKind.CASE_CONFIRMED:
            closing.confirmed(event.case, actor=event.actor)
        elif event.kind == EventKind.CASE_RESOLVED:
            renewing.follow_up(event.case, actor=event.actor)
        elif event.kind == EventKind.CASE_CLOSED:
            closing.closed(event.case, event.data["outcome"], actor=event.actor)
        elif event.kind == EventKind.CASE_REOPENED and event.data.get("why") != "merged":
            # what a merge takes up again, its undoing must find as it was
            closing.reopened(event.case)


def _joined(into: Case, other: Case, **_: Any) -> None:
    belonging.move_all(other, into)
    belonging.follow_rights(into)
    following.follow_waiting([into])


def _merged(into: Case, other: Case, kept: dict[str, Any], **_: Any) -> None:
    kept["promises"] = belonging.move_all(other, into).kept()
    belonging.follow_rights(into)
    following.follow_waiting([other, into])


def _unmerged(into: Case, other: Case, kept: dict[str, Any], **_: Any) -> None:
    belonging.move_back(belonging.Moved(**kept.get("promises", {})), into=other, out_of=into)


def _split(case: Case, into: Case, **_: Any) -> None:
    following.follow_waiting([case, into])
