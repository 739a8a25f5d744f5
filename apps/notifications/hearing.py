"""Which events of cases people are told of, and who; and who may hear that they were told."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from apps.cases import signals
from apps.cases.enums import Channel, Direction, EventKind
from apps.cases.hearing import readers
from apps.cases.models import CaseEvent, CaseFollower
from apps.live import registry
from apps.notifications.domain import TOPIC, News, notify
from apps.notifications.enums import Kind
from apps.notifications.models import Notification

# What the owner and the followers of a case are told, whatever the event says.
TOLD: dict[str, Kind] = {
    EventKind.DELIVERY_FAILED: Kind.DELIVERY_FAILED,
    EventKind.DELIVERY_UNKNOWN: Kind.DELIVERY_IN_DOUBT,
    EventKind.DELIVERY_DELAYED: Kind.DELIVERY_IN_DOUBT,
    EventKind.CASE_CONFIRMED: Kind.CONFIRMED,
    EventKind.CASE_REOPENED: Kind.REOPENED,
    EventKind.CASE_MERGED: Kind.MERGED,
    EventKind.CASE_JOINED: Kind.MERGED,
}


# What whoever an event of a hand-over names as its user is told.
OFFERS: dict[str, Kind] = {
    EventKind.CASE_OFFERED: Kind.HANDOVER_OFFERED,
    EventKind.OFFER_ACCEPTED: Kind.HANDOVER_ACCEPTED,
    EventKind.OFFER_DECLINED: Kind.HANDOVER_DECLINED,
    EventKind.OFFER_WITHDRAWN: Kind.HANDOVER_OVER,
    EventKind.OFFER_ENDED: Kind.HANDOVER_OVER,
}


def register() -> None:
    """Called once, when the app is ready."""
    registry.register(TOPIC, recipients)
    signals.events_recorded.connect(_recorded)


def recipients(ids: Collection[int], user_ids: Collection[int]) -> Mapping[int, set[int]]:
    """The one person who was told, where they listen and may still read the case."""
    found = Notification.objects.filter(pk__in=ids, recipient__in=user_ids)
    lines = list(found.values_list("pk", "recipient_id", "case_id"))
    if not lines:
        return {}
    may = readers({case for _pk, _who, case in lines}, {who for _pk, who, _case in lines})
    return {pk: {who} for pk, who, case in lines if who in may.get(case, ())}


def _recorded(events: Sequence[CaseEvent], **_: Any) -> None:
    shared = {id(event): kind for event in events if (kind := _shared_kind(event))}
    told = [event for event in events if id(event) in shared]
    followers = _followers({event.case_id for event in told})
    # a case that a rule gives away when it opens says so twice
    news = list(dict.fromkeys(one for event in events for one in _personal(event)))
    spoken_to = {(one.recipient_id, one.case_id) for one in news}
    for event in told:
        watching = followers.get(event.case_id, set()) | {event.case.owner_id}
        news += [
            News(user_id, event.case_id, shared[id(event)], event.actor_id)
            for user_id in watching
            if user_id and not (_is_note(event) and (user_id, event.case_id) in spoken_to)
        ]
    notify(news)


def _personal(event: CaseEvent) -> Iterator[News]:
    """What an event says to those whom it names."""
    data = event.data
    if event.kind == EventKind.INTERACTION_RECORDED:
        for user_id in data.get("mentions", ()):
            yield News(user_id, event.case_id, Kind.MENTIONED, event.actor_id)
    elif event.kind == EventKind.CASE_ASSIGNED:
        owner = data["after"]["owner"]
        if owner and owner != data["before"]["owner"]:
            yield News(owner, event.case_id, Kind.ASSIGNED, event.actor_id)
    elif event.kind in OFFERS:
        yield News(data["user"], event.case_id, OFFERS[event.kind], event.actor_id)
    elif event.kind == EventKind.CASE_OPENED and event.case.owner_id:
        yield News(event.case.owner_id, event.case_id, Kind.ASSIGNED, event.actor_id)


def _shared_kind(event: CaseEvent) -> Kind | None:
    """What all who watch the case are told of an event, if anything."""
    if event.kind != EventKind.INTERACTION_RECORDED:
        return TOLD.get(event.kind)
    if _is_note(event):
        return Kind.NOTE_LEFT
    came_in = event.data["direction"] == Direction.INBOUND and not event.data.get("automatic")
    return Kind.MESSAGE_RECEIVED if came_in else None


def _is_note(event: CaseEvent) -> bool:
    return bool(event.data.get("channel") == Channel.INTERNAL)


def _followers(case_ids: Collection[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    if case_ids:
        pairs = CaseFollower.objects.filter(case__in=case_ids).values_list("case_id", "user_id")
        for case_id, user_id in pairs:
            found.setdefault(case_id, set()).add(user_id)
    return found
