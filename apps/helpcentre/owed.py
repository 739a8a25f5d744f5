"""What we owe a customer, in words for them: the card above a request, and steps in it.

Inquiries behind the scenes, wishes for somebody senior and visits of a campaign are ours alone,
and so is what was promised to another customer whose case was merged into this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.cases.models import Case, CaseMerge
from apps.common.text import local_time, short_span
from apps.helpcentre.cards import Card
from apps.helpcentre.steps import Step
from apps.promises.enums import NOT_REACHED, REPLIES, Kind, Outcome, Settlement
from apps.promises.models import Promise

TOLD = (*REPLIES, Kind.CALLBACK, Kind.PROGRESS_UPDATE, Kind.FOLLOW_UP, Kind.TEST)
SOON, LATER = timedelta(minutes=30), timedelta(days=1)
MAX_SHOWN = 100
MAX_MERGES = 20
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Ring:
    """How much of the agreed time is left. ``due`` and ``now`` are milliseconds since 1970,
    ``span`` the agreed time in seconds, ``gone`` its share that has passed, in hundredths.
    """

    state: str
    words: str
    gone: int
    due: int
    span: int
    now: int


def told(case: Case) -> list[Promise]:
    """The newest 100 promises of this request that its customer was given, oldest first."""
    found = Promise.objects.filter(case=case, kind__in=TOLD).select_related("owner", "visit")
    newest = list(found.order_by("-pk")[:MAX_SHOWN])[::-1]
    hidden = _given_to_others(case) | _visits(newest) if newest else set()
    shown = []
    for promise in newest:
        if promise.pk in hidden or promise.predecessor_id in hidden:
            hidden.add(promise.pk)
        else:
            shown.append(promise)
    return shown


def owed(case: Case) -> list[Promise]:
    """What of it is still owed, what is due first first."""
    running = [one for one in told(case) if one.is_owed and one.paused_at is None]
    return sorted(running, key=lambda one: (one.deadline, one.pk))


def open_callback(case: Case) -> Promise | None:
    """The call that we owe in this request."""
    return next((one for one in owed(case) if one.kind == Kind.CALLBACK), None)


def card(case: Case) -> Card | None:
    """ "Our promise to you": the one that is due first, and the call that we owe beside it."""
    found = owed(case)
    if not found:
        return None
    promise, now = found[0], timezone.now()
    late = promise.deadline <= now
    call = next((one for one in found if one.kind == Kind.CALLBACK), None)
    beside = call if call != promise else None
    context = {
        "promise": promise,
        "ring": ring_of(promise, now),
        "late": late,
        "title": _("We are late, and we are sorry.") if late else sentence(promise),
        "sentence": late_sentence(promise) if late else "",
        "number": ending(promise),
        "call": call,
        "call_beside": sentence(beside) if beside else "",
        "call_number": ending(beside) if beside else "",
    }
    return Card("helpcentre/cards/promise.html", context)


def ring_of(promise: Promise, now: datetime) -> Ring:
    left = promise.deadline - now
    seconds, span = left.total_seconds(), max(1, int(promise.agreed_time.total_seconds()))
    whole = int(abs(seconds))
    words = f"{whole // 60}:{whole % 60:02}" if whole < HOUR else short_span(abs(left))
    gone = min(100, max(0, round(100 - 100 * seconds / span)))
    due, current = (int(at.timestamp() * 1000) for at in (promise.deadline, now))
    return Ring(state_of(promise, now), words, gone, due, span, current)


def state_of(promise: Promise, now: datetime) -> str:
    left = promise.deadline - now
    if left <= timedelta(0):
        return "late"
    if left <= SOON:
        return "soon"
    return "later" if left > LATER else "calm"


def sentence(promise: Promise) -> str:
    """What is owed and when, such as "Ana calls you by 09:10", in the zone that is active."""
    if promise.kind == Kind.CALLBACK:
        return _call(promise)
    time = {"time": local_time(promise.deadline)}
    match promise.kind:
        case Kind.PROGRESS_UPDATE:
            return _("You hear how it goes by %(time)s") % time
        case Kind.FOLLOW_UP:
            return _("We ask you by %(time)s whether it works") % time
        case Kind.TEST:
            return _("We test it together by %(time)s") % time
    return _("You get an answer by %(time)s") % time


def late_sentence(promise: Promise) -> str:
    """What we should have done, and when; that it is owed still."""
    time = {"time": local_time(promise.deadline)}
    match promise.kind:
        case Kind.CALLBACK:
            return _("We wanted to call you by %(time)s. We still owe you this call.") % time
        case Kind.PROGRESS_UPDATE:
            return _("We wanted to tell you by %(time)s how it goes. We still owe you that.") % time
        case Kind.FOLLOW_UP:
            return _("We wanted to ask you by %(time)s whether it works. We still will.") % time
        case Kind.TEST:
            return _("We wanted to test it with you by %(time)s. We still will.") % time
    return _("We wanted to answer you by %(time)s. We still owe you this answer.") % time


def window(promise: Promise) -> str:
    """When a call comes: "Tuesday 12 May, 09:00 to 09:15", or the one time that was said."""
    begins = local_time(promise.due_at)
    if promise.window_end is None:
        return begins
    ends, same = timezone.localtime(promise.window_end), timezone.localtime(promise.due_at)
    until = f"{ends:%H:%M}" if ends.date() == same.date() else local_time(promise.window_end)
    return _("%(begins)s to %(ends)s") % {"begins": begins, "ends": until}


def ending(promise: Promise) -> str:
    """The number that is called, as far as it is safe to show."""
    if promise.kind != Kind.CALLBACK or not promise.address:
        return ""
    return _("On your number ending %(digits)s.") % {"digits": promise.address[-2:]}


def promised(case: Case) -> Iterator[Step]:
    """The steps of promises: given, tried, moved, kept, and what is still to come."""
    now, found = timezone.now(), told(case)
    prefetch_related_objects(found, "attempts")
    for promise in found:
        if promise.is_owed and promise.paused_at is None:
            yield _to_come(promise, now)
        if not promise.automatic:
            yield _given(promise)
            yield from _tries(promise)
            if step := _end(promise):
                yield step


def _call(promise: Promise) -> str:
    next_call = promise.next_call_at
    if next_call is not None and next_call > promise.due_at:
        again = {"time": local_time(next_call)}
        return _("We try to reach you again at %(time)s") % again
    owner = promise.owner.name if promise.owner else ""
    if promise.window_end is not None:
        when = {"window": window(promise), "name": owner}
        return (
            _("%(name)s calls you %(window)s") % when
            if owner
            else _("We call you %(window)s") % when
        )
    time = {"time": local_time(promise.due_at), "name": owner}
    return (
        _("%(name)s calls you by %(time)s") % time if owner else _("We call you by %(time)s") % time
    )


def _to_come(promise: Promise, now: datetime) -> Step:
    titles = {
        Kind.CALLBACK: _("We call you"),
        Kind.PROGRESS_UPDATE: _("You hear how it goes"),
        Kind.FOLLOW_UP: _("We ask you whether it works"),
        Kind.TEST: _("We test it together"),
    }
    name = promise.owner.name if promise.owner and promise.kind == Kind.CALLBACK else ""
    title = titles.get(Kind(promise.kind), _("You get an answer"))
    at = promise.next_call_at or (promise.deadline if promise.deadline <= now else None)
    if at is None:
        at = promise.due_at if promise.kind == Kind.CALLBACK else promise.deadline
    return Step(at, title, text=promise.text, state=state_of(promise, now), name=name)


def _given(promise: Promise) -> Step:
    by_customer = promise.made_by_id is None
    if promise.kind != Kind.CALLBACK:
        return Step(promise.made_at, _("We gave you our word"), text=sentence_of_old(promise))
    when = window(promise)
    if promise.predecessor_id is not None:
        title = _("You chose a new time") if by_customer else _("We agreed on a new time")
        return Step(promise.made_at, title, text=when)
    title = _("You booked a call") if by_customer else _("We promised to call you")
    return Step(promise.made_at, title, text=when)


def sentence_of_old(promise: Promise) -> str:
    """What was promised, whatever became of it."""
    return promise.text or sentence(promise)


def _tries(promise: Promise) -> Iterator[Step]:
    for one in promise.attempts.all():
        if one.outcome in NOT_REACHED:
            text = (
                _("We left a word on your voicemail.") if one.outcome == Outcome.VOICEMAIL else ""
            )
            title = _("We tried to call you at %(time)s") % {"time": local_time(one.at)}
            yield Step(one.at, title, text=text, state="soon")


def _end(promise: Promise) -> Step | None:
    at = promise.settled_at
    words: dict[str, Callable[[Promise], str]] = {
        Settlement.KEPT: lambda one: _KEPT[one.kind](),
        Settlement.LATE: lambda one: _LATE[one.kind](),
        Settlement.NOT_REACHED: lambda _one: _("We could not reach you by phone"),
        Settlement.WITHDRAWN: _taken_back,
        Settlement.MOOT: _taken_back,
    }
    if at is None or promise.settlement not in words:
        return None
    state = {Settlement.KEPT: "kept", Settlement.LATE: "late"}.get(
        Settlement(promise.settlement), "later"
    )
    return Step(at, words[promise.settlement](promise), state=state)


def _taken_back(promise: Promise) -> str:
    if promise.kind == Kind.CALLBACK and promise.settled_by_id is None:
        return _("You cancelled the call")
    return (
        _("No call is needed any more")
        if promise.kind == Kind.CALLBACK
        else _("Not needed any more")
    )


_KEPT: dict[str, Callable[[], str]] = {
    Kind.CALLBACK: lambda: _("Promise kept: we called you"),
    Kind.PROGRESS_UPDATE: lambda: _("Promise kept: we told you how it goes"),
    Kind.FOLLOW_UP: lambda: _("Promise kept: we asked you whether it works"),
    Kind.TEST: lambda: _("Promise kept: we tested it together"),
    Kind.FIRST_REPLY: lambda: _("Promise kept: we answered you"),
    Kind.NEXT_REPLY: lambda: _("Promise kept: we answered you"),
}
_LATE: dict[str, Callable[[], str]] = {
    Kind.CALLBACK: lambda: _("We called you, later than promised. We are sorry"),
    Kind.PROGRESS_UPDATE: lambda: _("We told you how it goes, later than promised. We are sorry"),
    Kind.FOLLOW_UP: lambda: _("We asked you, later than promised. We are sorry"),
    Kind.TEST: lambda: _("We tested it together, later than promised. We are sorry"),
    Kind.FIRST_REPLY: lambda: _("We answered you, later than promised. We are sorry"),
    Kind.NEXT_REPLY: lambda: _("We answered you, later than promised. We are sorry"),
}


def _visits(newest: list[Promise]) -> set[int]:
    """Keys of return visits among these promises, oldest first, and of what they took the place of.

    Their text is the campaign's name, which no customer was ever told.
    """
    hidden = {promise.pk for promise in newest if hasattr(promise, "visit")}
    for promise in reversed(newest):
        if promise.pk in hidden and promise.predecessor_id:
            hidden.add(promise.predecessor_id)
    return hidden


def _given_to_others(case: Case) -> set[int]:
    """Keys of promises that came with the merged cases of other customers, however deep."""
    hidden: set[int] = set()
    places = {case.pk}
    for _turn in range(MAX_MERGES):
        merges = CaseMerge.objects.filter(into__in=places)
        rows = list(merges.values_list("case", "case__customer", "kept__promises__moved"))
        for _case_id, customer_id, moved in rows:
            if customer_id != case.customer_id:
                hidden.update(moved or ())
        places = {case_id for case_id, _customer_id, _moved in rows}
        if not places:
            break
    return hidden
