"""One-line facts of a case's story, told from its events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from apps.accounts.enums import AssignmentRule
from apps.accounts.models import Team, User
from apps.cases.enums import EventKind, Kind, Outcome, Priority
from apps.cases.linking import readable_numbers
from apps.cases.models import CaseEvent, Participant
from apps.common.icons import icon_markup
from apps.common.text import iso_minute
from apps.desk import facts_of_promises, promise_facts
from apps.desk.names import Names, in_bold

ICONS: dict[str, str] = {
    EventKind.CASE_OPENED: "inbox",
    EventKind.CASE_TAKEN: "user-check",
    EventKind.CASE_ASSIGNED: "arrows-exchange",
    EventKind.CASE_OFFERED: "user-question",
    EventKind.OFFER_ACCEPTED: "user-check",
    EventKind.OFFER_DECLINED: "user-minus",
    EventKind.OFFER_WITHDRAWN: "arrow-back-up",
    EventKind.OFFER_ENDED: "x",
    EventKind.CASE_CHANGED: "pencil",
    EventKind.CASE_RESOLVED: "check",
    EventKind.CASE_CONFIRMED: "checks",
    EventKind.CASE_CLOSED: "circle-check",
    EventKind.CASE_REOPENED: "arrow-back-up",
    EventKind.CASE_RESTRICTED: "lock",
    EventKind.CASE_JOINED: "link",
    EventKind.CASE_MERGED: "link",
    EventKind.CASE_UNMERGED: "arrow-back-up",
    EventKind.CASE_PARTED: "arrow-back-up",
    EventKind.CASE_SPLIT: "arrows-exchange",
    EventKind.CASE_SPLIT_OFF: "arrows-exchange",
    EventKind.CUSTOMER_MERGED: "users",
    EventKind.CUSTOMER_UNMERGED: "users",
    EventKind.FILES_LEFT_OUT: "file-text",
    EventKind.PARTICIPANT_JOINED: "user-plus",
    EventKind.PARTICIPANT_LEFT: "user-minus",
    EventKind.FOLLOWER_ADDED: "eye",
    EventKind.DELIVERY_CANCELLED: "x",
    EventKind.DELIVERY_RETRIED: "refresh",
    EventKind.DELIVERY_UNKNOWN: "alert-triangle",
    EventKind.DELIVERY_DELAYED: "clock",
    EventKind.DELIVERY_FAILED: "alert-triangle",
    **facts_of_promises.ICONS,
}


BY_RULE = {
    AssignmentRule.ROUND_ROBIN: gettext_lazy("The case went to {whom}: it was their turn"),
    AssignmentRule.LEAST_LOADED: gettext_lazy("The case went to {whom}: they had the least work"),
    AssignmentRule.KNOWS_CUSTOMER: gettext_lazy("The case went to {whom}, who knows the customer"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    at: datetime
    iso: str
    clock: str
    icon: SafeString
    text: SafeString


@dataclass(frozen=True, slots=True)
class Known:
    """What the ids in a page's events stand for."""

    names: Names
    teams: dict[int, str]
    participants: dict[int, str]
    numbers: AbstractSet[str]

    def team(self, pk: object) -> str:
        return self.teams.get(pk, "") if isinstance(pk, int) else ""

    def number(self, number: object) -> str:
        return str(number) if number in self.numbers else _("another case")


def people_in(events: Iterable[CaseEvent]) -> set[int | None]:
    """Everybody whose name the sentences need."""
    found: set[int | None] = set()
    for event in events:
        found |= {event.actor_id, event.data.get("after", {}).get("owner"), event.data.get("user")}
    return found


def tell(events: Sequence[CaseEvent], names: Names, reader: User) -> list[Fact]:
    """Turn events into sentences; a kind that nobody knows is told by its label.

    Of a case that the reader may not read, not even the number is told.
    """
    told = [event for event in events if event.kind in _TOLD]
    known = _known(events, names, readable_numbers(reader, told))
    return [_fact(event, known) for event in events]


def _fact(event: CaseEvent, known: Known) -> Fact:
    return Fact(
        at=event.at,
        iso=iso_minute(event.at),
        clock=f"{timezone.localtime(event.at):%H:%M}",
        icon=_mark(event),
        text=_tell(event, known),
    )


def _mark(event: CaseEvent) -> SafeString:
    if event.kind in promise_facts.RINGS:
        return promise_facts.ring_for(event.kind, event.data)
    return icon_markup(ICONS.get(event.kind, "history"), "i-s")


def _tell(event: CaseEvent, known: Known) -> SafeString:
    who = in_bold(known.names.doer(event.actor_id))
    if promised := promise_facts.TOLD.get(event.kind):
        return promised(who if event.actor_id else mark_safe(""), event.data, known.names)
    if sentence := _TOLD.get(event.kind):
        return sentence(who, event.data, known)
    if asked := facts_of_promises.TOLD.get(event.kind):
        return asked(who, event.data)
    label = EventKind(event.kind).label if event.kind in EventKind.values else event.kind
    return _say("{kind}", kind=label)


def _say(sentence: str, **parts: object) -> SafeString:
    return format_html(sentence, **parts) if parts else format_html("{}", sentence)


def _assigned(who: SafeString, data: dict[str, Any], known: Known) -> SafeString:
    before, after = data.get("before", {}), data.get("after", {})
    team = known.team(after.get("team")) if before.get("team") != after.get("team") else ""
    owner = after.get("owner")
    whom = in_bold(known.names.person(owner))
    if by_rule := BY_RULE.get(data.get("rule", "")):
        return _say(str(by_rule), whom=whom)
    if owner and team:
        told = _say(_("{who} gave the case to {whom} in {team}"), who=who, whom=whom, team=team)
    elif owner:
        told = _say(_("{who} gave the case to {whom}"), who=who, whom=whom)
    elif team:
        told = _say(_("{who} passed the case to {team}"), who=who, team=team)
    else:
        told = _say(_("{who} put the case back into the queue"), who=who)
    return _with_note(told, data)


def _changed(who: SafeString, data: dict[str, Any], _known: Known) -> SafeString:
    labels = {
        "subject": _("subject"),
        "kind": _("kind"),
        "priority": _("priority"),
        "need": _("need"),
        "needed_by": _("needed by"),
        "needed_by_said": _("who said by when"),
        "tags": _("tags"),
    }
    parts = []
    for name in data.get("fields", []):
        value = _value(name, data.get(name))
        parts.append(f"{labels.get(name, name)} → {value}" if value else labels.get(name, name))
    return _say(
        _("{who} changed: {what}"),
        who=who,
        what=pgettext("between the items of a list", ", ").join(parts),
    )


def _value(name: str, value: object) -> str:
    choices: dict[str, type[Kind | Priority]] = {"kind": Kind, "priority": Priority}
    enum = choices.get(name)
    return str(enum(value).label) if enum and value in enum.values else ""


def _outcome(data: dict[str, Any]) -> str:
    outcome = data.get("outcome")
    return str(Outcome(outcome).label) if outcome in Outcome.values else ""


def _reopened(who: SafeString, data: dict[str, Any], _known: Known) -> SafeString:
    if data.get("why") == "customer_wrote":
        return _say(_("The customer wrote again: the case is open"))
    return _say(_("{who} reopened the case"), who=who)


def _left_out(_who: SafeString, data: dict[str, Any], _known: Known) -> SafeString:
    sentence = ngettext(
        "{count} further file came with a message: it stands only in the mail as it arrived",
        "{count} further files came with a message: they stand only in the mail as it arrived",
        data.get("count", 0),
    )
    return _say(sentence, count=data.get("count", 0))


def _restricted(who: SafeString, data: dict[str, Any], _known: Known) -> SafeString:
    if data.get("restricted"):
        return _say(_("{who} restricted the case to named people"), who=who)
    return _say(_("{who} opened the case to its team again"), who=who)


def _joined(_who: SafeString, data: dict[str, Any], known: Known) -> SafeString:
    seat = known.participants.get(data.get("participant", 0), _("somebody"))
    return _say(_("{whom} takes part from here on"), whom=seat)


def _left(who: SafeString, data: dict[str, Any], known: Known) -> SafeString:
    seat = data.get("address") or known.participants.get(data.get("participant", 0))
    seat = seat or _("somebody")
    return _say(_("{who} let {whom} leave: answers go to them no more"), who=who, whom=seat)


def _case_joined(who: SafeString, data: dict[str, Any], known: Known) -> SafeString:
    return _say(
        _("{who} merged {number} into this case"), who=who, number=known.number(data.get("number"))
    )


def _merged(who: SafeString, data: dict[str, Any], known: Known) -> SafeString:
    return _say(
        _("{who} merged this case into {number}"), who=who, number=known.number(data.get("into"))
    )


def _unmerged(who: SafeString, data: dict[str, Any], known: Known) -> SafeString:
    number = known.number(data.get("number"))
    return _say(_("{who} undid the merge into {number}"), who=who, number=number)


def _parted(who: SafeString, data: dict[str, Any], known: Known) -> SafeString:
    return _say(
        _("{who} undid the merge of {number}"), who=who, number=known.number(data.get("number"))
    )


def _split(who: SafeString, data: dict[str, Any], known: Known) -> SafeString:
    return _say(
        _("{who} split messages off into {number}"), who=who, number=known.number(data.get("into"))
    )


def _split_off(who: SafeString, data: dict[str, Any], known: Known) -> SafeString:
    return _say(
        _("{who} split this case off {number}"), who=who, number=known.number(data.get("number"))
    )


def _follows(_who: SafeString, data: dict[str, Any], known: Known) -> SafeString:
    return _say(_("{whom} follows the case"), whom=known.names.person(data.get("user")))


def _offered(who: SafeString, data: dict[str, Any], known: Known) -> SafeString:
    whom = known.names.person(data.get("user"))
    told = _say(_("{who} asked {whom} to take the case over"), who=who, whom=whom)
    return _with_note(told, data)


def _declined(who: SafeString, data: dict[str, Any], _known: Known) -> SafeString:
    return _with_note(_say(_("{who} declined to take the case over"), who=who), data)


def _with_note(told: SafeString, data: dict[str, Any]) -> SafeString:
    if note := data.get("note"):
        return format_html('{} <a href="#ix{}">{}</a>', told, note, _("with a note"))
    return told


def _accepted(who: SafeString, data: dict[str, Any], known: Known) -> SafeString:
    team = known.team(data.get("after", {}).get("team"))
    moved = data.get("before", {}).get("team") != data.get("after", {}).get("team")
    if moved and team:
        return _say(_("{who} took the case over, into {team}"), who=who, team=team)
    return _say(_("{who} took the case over"), who=who)


_TOLD: dict[str, Callable[[SafeString, dict[str, Any], Known], SafeString]] = {
    EventKind.CASE_TAKEN: lambda who, _data, _known: _say(_("{who} took the case"), who=who),
    EventKind.CASE_ASSIGNED: _assigned,
    EventKind.CASE_OFFERED: _offered,
    EventKind.OFFER_ACCEPTED: _accepted,
    EventKind.OFFER_DECLINED: _declined,
    EventKind.OFFER_WITHDRAWN: lambda who, _data, _known: _say(
        _("{who} withdrew the hand-over"), who=who
    ),
    EventKind.OFFER_ENDED: lambda _who, data, known: _say(
        _("{whom} is no longer asked to take the case over"),
        whom=known.names.person(data.get("user")),
    ),
    EventKind.CASE_CHANGED: _changed,
    EventKind.CASE_RESOLVED: lambda who, _data, _known: _say(
        _("{who} offered the matter as solved"), who=who
    ),
    EventKind.CASE_CONFIRMED: lambda _who, _data, _known: _say(
        _("The customer confirmed the solution")
    ),
    EventKind.CASE_CLOSED: lambda who, data, _known: _say(
        _("{who} closed the case: {how}"), who=who, how=_outcome(data)
    ),
    EventKind.CASE_REOPENED: _reopened,
    EventKind.CASE_RESTRICTED: _restricted,
    EventKind.FILES_LEFT_OUT: _left_out,
    EventKind.PARTICIPANT_JOINED: _joined,
    EventKind.PARTICIPANT_LEFT: _left,
    EventKind.CASE_JOINED: _case_joined,
    EventKind.CASE_MERGED: _merged,
    EventKind.CASE_UNMERGED: _unmerged,
    EventKind.CASE_PARTED: _parted,
    EventKind.CASE_SPLIT: _split,
    EventKind.CASE_SPLIT_OFF: _split_off,
    EventKind.CUSTOMER_MERGED: lambda who, _data, _known: _say(
        _("{who} merged two customers: the case is with both addresses now"), who=who
    ),
    EventKind.CUSTOMER_UNMERGED: lambda who, _data, _known: _say(
        _("{who} parted the customers again"), who=who
    ),
    EventKind.FOLLOWER_ADDED: _follows,
}


def _known(events: Iterable[CaseEvent], names: Names, numbers: AbstractSet[str]) -> Known:
    teams = {event.data.get("after", {}).get("team") for event in events} - {None}
    seats = {event.data.get("participant") for event in events} - {None}
    found = Participant.objects.filter(pk__in=seats) if seats else ()
    return Known(
        names=names,
        teams=dict(Team.objects.filter(pk__in=teams).values_list("pk", "name")) if teams else {},
        participants={seat.pk: str(seat) for seat in found},
        numbers=numbers,
    )
