"""One-line facts of promises in a case's story, told from its events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.cases.enums import EventKind
from apps.common.text import local_time
from apps.desk.names import Names, in_bold
from apps.desk.rings import RingState, bare
from apps.promises import kinds
from apps.promises.enums import NOT_REACHED, Kind, Outcome

RINGS: dict[str, RingState] = {
    EventKind.PROMISE_MADE: RingState.CALM,
    EventKind.PROMISE_BROKEN: RingState.LATE,
    EventKind.PROMISE_KEPT: RingState.KEPT,
    EventKind.PROMISE_RENEGOTIATED: RingState.CALM,
    EventKind.PROMISE_WITHDRAWN: RingState.LATER,
    EventKind.PROMISE_REOPENED: RingState.CALM,
    EventKind.PROMISE_GIVEN: RingState.CALM,
    EventKind.ATTEMPT_MADE: RingState.CALM,
    EventKind.NOT_REACHED: RingState.LATER,
}
# (who promised it, nobody in particular), each with a place for the time
PROMISED: dict[str, tuple[Any, Any]] = {
    Kind.CALLBACK: (
        gettext_lazy("{who} promised <b>a call back by {time}</b>"),
        gettext_lazy("A call back was booked <b>for {time}</b>"),
    ),
    Kind.PROGRESS_UPDATE: (
        gettext_lazy("{who} promised <b>news by {time}</b>"),
        gettext_lazy("News were promised <b>by {time}</b>"),
    ),
    Kind.FOLLOW_UP: (
        gettext_lazy("{who} promised <b>to ask again by {time}</b>"),
        gettext_lazy("A follow-up was promised <b>by {time}</b>"),
    ),
    Kind.INQUIRY: (
        gettext_lazy("{who} asked behind the scenes, <b>for an answer by {time}</b>"),
        gettext_lazy("An answer from behind the scenes is awaited <b>by {time}</b>"),
    ),
    Kind.TEST: (
        gettext_lazy("{who} promised <b>a test together by {time}</b>"),
        gettext_lazy("A test together was promised <b>by {time}</b>"),
    ),
    Kind.UNREACHED: (
        gettext_lazy("{who} finds another way to the customer <b>by {time}</b>"),
        gettext_lazy("Another way to the customer is to be found <b>by {time}</b>"),
    ),
}
GIVEN: dict[str, Any] = {
    "taken": gettext_lazy("{whom} took over the promise: {what}"),
    "away": gettext_lazy("{whom} keeps the promise now, since its owner is away: {what}"),
    "shut_out": gettext_lazy(
        "{whom} keeps the promise now, since its owner may not work on the case: {what}"
    ),
    "given": gettext_lazy("{who} gave the promise to {whom}: {what}"),
}

type Sentence = Callable[[SafeString, dict[str, Any], Names], SafeString]


def ring_for(kind: str, data: dict[str, Any]) -> SafeString:
    """The small ring that stands before the fact; what was done late is not green."""
    state = RINGS[kind]
    if data.get("late") or data.get("outcome") in NOT_REACHED:
        state = RingState.LATE if data.get("late") else RingState.SOON
    return bare(state).markup(size="s")


def _made(who: SafeString, data: dict[str, Any], _names: Names) -> SafeString:
    by_somebody, booked = PROMISED.get(
        data.get("promise_kind", ""),
        (
            gettext_lazy("{who} promised <b>by {time}</b>: {what}"),
            gettext_lazy("Promised <b>by {time}</b>: {what}"),
        ),
    )
    return _say(by_somebody if who else booked, who=who, time=_time(data), what=_what(data))


def _kept(who: SafeString, data: dict[str, Any], _names: Names) -> SafeString:
    if data.get("late"):
        told = _("{who} did it late: {what}") if who else _("Done late: {what}")
    else:
        told = _("{who} kept the promise: {what}") if who else _("The promise is kept: {what}")
    return _say(told, who=who, what=_what(data))


def _broken(_who: SafeString, data: dict[str, Any], _names: Names) -> SafeString:
    return _say(_("The promised time passed: {what}"), what=_what(data))


def _renegotiated(who: SafeString, data: dict[str, Any], _names: Names) -> SafeString:
    told = _("{who} agreed a new time with the customer, <b>{time}</b>: {what}")
    if not who:
        told = _("The customer chose a new time, <b>{time}</b>: {what}")
    return _say(told, who=who, time=_time(data), what=_what(data))


def _withdrawn(who: SafeString, data: dict[str, Any], _names: Names) -> SafeString:
    told = _("{who} withdrew the promise: {what}")
    if not who:
        told = _("The customer needs it no more: {what}")
    return _say(told, who=who, what=_what(data))


def _reopened(who: SafeString, data: dict[str, Any], _names: Names) -> SafeString:
    return _say(_("{who} took that back, it is owed as before: {what}"), who=who, what=_what(data))


def _given(who: SafeString, data: dict[str, Any], names: Names) -> SafeString:
    whom = in_bold(names.person(data.get("user")))
    told = GIVEN.get(data.get("why", ""), GIVEN["given"])
    if data.get("user") is None:
        told = _("Nobody has the promise, since its owner may not work on the case now: {what}")
    return _say(told, who=who, whom=whom, what=_what(data))


def _attempted(who: SafeString, data: dict[str, Any], _names: Names) -> SafeString:
    outcome = data.get("outcome")
    label = Outcome(outcome).label if outcome in Outcome.values else ""
    told = _("{who} called: {outcome}")
    if data.get("counted") is False:
        told = _("{who} called: {outcome} (not counted, since the time for it had not come)")
    return _say(told, who=who, outcome=label)


def _not_reached(_who: SafeString, data: dict[str, Any], _names: Names) -> SafeString:
    tries = data.get("tries", 0)
    if data.get("told"):
        told = ngettext(
            "Not reached after {tries} call: the customer was written to instead",
            "Not reached after {tries} calls: the customer was written to instead",
            tries,
        )
    else:
        told = ngettext(
            "Not reached after {tries} call, and no other way to tell the customer is known",
            "Not reached after {tries} calls, and no other way to tell the customer is known",
            tries,
        )
    return _say(told, tries=tries)


TOLD: dict[str, Sentence] = {
    EventKind.PROMISE_MADE: _made,
    EventKind.PROMISE_KEPT: _kept,
    EventKind.PROMISE_BROKEN: _broken,
    EventKind.PROMISE_RENEGOTIATED: _renegotiated,
    EventKind.PROMISE_WITHDRAWN: _withdrawn,
    EventKind.PROMISE_REOPENED: _reopened,
    EventKind.PROMISE_GIVEN: _given,
    EventKind.ATTEMPT_MADE: _attempted,
    EventKind.NOT_REACHED: _not_reached,
}


def _say(sentence: Any, **parts: object) -> SafeString:
    return format_html(str(sentence), **parts)


def _time(data: dict[str, Any]) -> str:
    """When it is due, as it stands in the event; on the reader's clock."""
    try:
        return local_time(datetime.fromisoformat(data.get("due_at", "")))
    except ValueError:
        return ""


def _what(data: dict[str, Any]) -> str:
    slug = data.get("promise_kind", "")
    return str(kinds.get(slug).label) if kinds.has(slug) else slug or _("promise")
