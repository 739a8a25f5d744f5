"""One-line facts of a case's story, told from its events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.accounts.models import Team, User
from apps.cases.enums import EventKind, Kind, Outcome, Priority
from apps.cases.models import CaseEvent, Participant

ICONS: dict[str, str] = {
    EventKind.CASE_OPENED: "inbox",
    EventKind.CASE_TAKEN: "user-check",
    EventKind.CASE_ASSIGNED: "arrows-exchange",
    EventKind.CASE_CHANGED: "pencil",
    EventKind.CASE_RESOLVED: "check",
    EventKind.CASE_CONFIRMED: "checks",
    EventKind.CASE_CLOSED: "circle-check",
    EventKind.CASE_REOPENED: "arrow-back-up",
    EventKind.CASE_RESTRICTED: "lock",
    EventKind.PARTICIPANT_JOINED: "user-plus",
    EventKind.FOLLOWER_ADDED: "eye",
}


@dataclass(frozen=True, slots=True)
class Fact:
    at: datetime
    icon: str
    text: SafeString


@dataclass(frozen=True, slots=True)
class Names:
    """The names behind the ids of a page's events, read in one query a kind."""

    user: User
    people: dict[int, str]
    teams: dict[int, str]
    participants: dict[int, str]

    def actor(self, event: CaseEvent) -> str:
        if event.actor is None:
            return _("The portal")
        return _("You") if event.actor == self.user else event.actor.name

    def person(self, pk: object) -> str:
        return self.people.get(pk, _("somebody who left")) if isinstance(pk, int) else _("nobody")

    def team(self, pk: object) -> str:
        return self.teams.get(pk, "") if isinstance(pk, int) else ""


def tell(events: Sequence[CaseEvent], user: User) -> list[Fact]:
    """Turn events into sentences; a kind that nobody knows is told by its label."""
    names = _names(events, user)
    return [
        Fact(event.at, ICONS.get(event.kind, "history"), _tell(event, names)) for event in events
    ]


def _tell(event: CaseEvent, names: Names) -> SafeString:
    who = format_html("<b>{}</b>", names.actor(event))
    if sentence := _TOLD.get(event.kind):
        return sentence(who, event.data, names)
    known = event.kind in EventKind.values
    return _say("{kind}", kind=EventKind(event.kind).label if known else event.kind)


def _say(sentence: str, **parts: object) -> SafeString:
    return format_html(sentence, **parts) if parts else format_html("{}", sentence)


def _assigned(who: SafeString, data: dict[str, Any], names: Names) -> SafeString:
    before, after = data.get("before", {}), data.get("after", {})
    team = names.team(after.get("team")) if before.get("team") != after.get("team") else ""
    owner = after.get("owner")
    whom = format_html("<b>{}</b>", names.person(owner))
    if owner and team:
        return _say(_("{who} gave the case to {whom} in {team}"), who=who, whom=whom, team=team)
    if owner:
        return _say(_("{who} gave the case to {whom}"), who=who, whom=whom)
    if team:
        return _say(_("{who} passed the case to {team}"), who=who, team=team)
    return _say(_("{who} put the case back into the queue"), who=who)


def _changed(who: SafeString, data: dict[str, Any], _names: Names) -> SafeString:
    labels = {
        "subject": _("subject"),
        "kind": _("kind"),
        "priority": _("priority"),
        "need": _("need"),
        "tags": _("tags"),
    }
    parts = []
    for name in data.get("fields", []):
        value = _value(name, data.get(name))
        parts.append(f"{labels.get(name, name)} → {value}" if value else labels.get(name, name))
    return _say(_("{who} changed: {what}"), who=who, what=", ".join(parts))


def _value(name: str, value: object) -> str:
    choices: dict[str, type[Kind | Priority]] = {"kind": Kind, "priority": Priority}
    enum = choices.get(name)
    return str(enum(value).label) if enum and value in enum.values else ""


def _outcome(data: dict[str, Any]) -> str:
    outcome = data.get("outcome")
    return str(Outcome(outcome).label) if outcome in Outcome.values else ""


def _reopened(who: SafeString, data: dict[str, Any], _names: Names) -> SafeString:
    if data.get("why") == "customer_wrote":
        return _say(_("The customer wrote again: the case is open"))
    return _say(_("{who} reopened the case"), who=who)


def _restricted(who: SafeString, data: dict[str, Any], _names: Names) -> SafeString:
    if data.get("restricted"):
        return _say(_("{who} restricted the case to named people"), who=who)
    return _say(_("{who} opened the case to its team again"), who=who)


def _joined(_who: SafeString, data: dict[str, Any], names: Names) -> SafeString:
    seat = names.participants.get(data.get("participant", 0), _("somebody"))
    return _say(_("{whom} takes part from here on"), whom=seat)


def _follows(_who: SafeString, data: dict[str, Any], names: Names) -> SafeString:
    return _say(_("{whom} follows the case"), whom=names.person(data.get("user")))


_TOLD: dict[str, Callable[[SafeString, dict[str, Any], Names], SafeString]] = {
    EventKind.CASE_TAKEN: lambda who, _data, _names: _say(_("{who} took the case"), who=who),
    EventKind.CASE_ASSIGNED: _assigned,
    EventKind.CASE_CHANGED: _changed,
    EventKind.CASE_RESOLVED: lambda who, _data, _names: _say(
        _("{who} offered the matter as solved"), who=who
    ),
    EventKind.CASE_CONFIRMED: lambda _who, _data, _names: _say(
        _("The customer confirmed the solution")
    ),
    EventKind.CASE_CLOSED: lambda who, data, _names: _say(
        _("{who} closed the case: {how}"), who=who, how=_outcome(data)
    ),
    EventKind.CASE_REOPENED: _reopened,
    EventKind.CASE_RESTRICTED: _restricted,
    EventKind.PARTICIPANT_JOINED: _joined,
    EventKind.FOLLOWER_ADDED: _follows,
}


def _names(events: Iterable[CaseEvent], user: User) -> Names:
    people: set[int] = set()
    teams: set[int] = set()
    seats: set[int] = set()
    for event in events:
        after = event.data.get("after", {})
        people |= {pk for pk in (after.get("owner"), event.data.get("user")) if pk}
        teams |= {pk for pk in (after.get("team"),) if pk}
        seats |= {pk for pk in (event.data.get("participant"),) if pk}
    return Names(
        user=user,
        people={found.pk: found.name for found in User.objects.filter(pk__in=people)},
        teams={found.pk: found.name for found in Team.objects.filter(pk__in=teams)},
        participants={found.pk: str(found) for found in Participant.objects.filter(pk__in=seats)},
    )
