"""What is promised in a case, as its page shows it: one pinned promise, and the whole list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from apps.accounts.models import User
from apps.cases.models import Case
from apps.common.text import between_words, local_time, run
from apps.desk import beside
from apps.desk.rings import Ring, RingState, ring_of
from apps.promises import kinds
from apps.promises.enums import NOT_REACHED, Kind, Outcome
from apps.promises.models import Promise

OPEN_HISTORY = 5
TITLES: dict[str, Any] = {
    Kind.FIRST_REPLY: gettext_lazy("First answer to {name} by {time}"),
    Kind.NEXT_REPLY: gettext_lazy("Answer to {name} by {time}"),
    Kind.CALLBACK: gettext_lazy("Call {name} back by {time}"),
    Kind.PROGRESS_UPDATE: gettext_lazy("News for {name} by {time}"),
    Kind.FOLLOW_UP: gettext_lazy("Ask {name} by {time} whether all is well"),
    Kind.INQUIRY: gettext_lazy("Answer from behind the scenes for {name} by {time}"),
    Kind.TEST: gettext_lazy("Test together with {name} by {time}"),
    Kind.UNREACHED: gettext_lazy("Find another way to {name} by {time}"),
}


@dataclass(frozen=True, slots=True)
class Dot:
    """One attempt: its state's colour and words."""

    state: str
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """One promise of the list."""

    pk: int
    ring: Ring
    what: str
    detail: str
    owed: bool
    callback: bool
    by_word: bool
    broken: bool
    dots: list[Dot] = field(default_factory=list)

    @property
    def mark(self) -> SafeString:
        return self.ring.markup(size="s")

    @property
    def left(self) -> SafeString:
        return self.ring.left()


@dataclass(frozen=True, slots=True)
class Pinned:
    """What is due first: the sentence, its clock and what can be done about it."""

    line: Line
    title: SafeString
    detail: str
    icon: str
    tel: str
    there: str
    needs: str

    @property
    def mark(self) -> SafeString:
        return self.line.ring.markup(size="m", icon=self.icon)

    @property
    def clock(self) -> SafeString:
        return self.line.ring.ticking(classes="clock")


@dataclass(frozen=True, slots=True)
class Promised:
    """All of it: what is owed, first due first, then how the others ended, newest first."""

    pinned: Pinned | None = None
    owed: list[Line] = field(default_factory=list)
    settled: list[Line] = field(default_factory=list)
    older: list[Line] = field(default_factory=list)


def find(case: Case, user: User) -> Promised:
    """What the page of a case shows, in one query, and in none where nothing was promised."""
    now = timezone.now()
    tries: dict[int, list[Any]] = {}
    promises: dict[int, Promise] = {}
    for row in beside.load(case, "promises"):
        promises.setdefault(row.pk, row)
        tried = getattr(row, "tried", None)
        if tried is not None:
            tries.setdefault(row.pk, []).append(tried)
    lines = [make_line(one, tries.get(one.pk, ()), user, now) for one in promises.values()]
    owed = [line for line in lines if line.owed]
    settled = [line for line in lines if not line.owed]
    running = next((one for one in promises.values() if one.is_owed and not one.paused_at), None)
    pinned = None
    if running is not None:
        pinned = view(running, case, user, now)
    return Promised(pinned, owed, settled[:OPEN_HISTORY], settled[OPEN_HISTORY:])


def make_line(promise: Promise, tries: Sequence[Any], user: User, now: datetime) -> Line:
    """Costs no query where the owner is loaded."""
    kind = kinds.get(promise.kind) if kinds.has(promise.kind) else None
    return Line(
        pk=promise.pk,
        ring=ring_of(promise, now),
        what=promise.text or promise.label,
        detail=_detail(promise, user, now),
        owed=promise.is_owed,
        callback=kind is not None and kind.by_voice,
        by_word=kinds.is_derived(promise.kind),
        broken=promise.is_broken,
        dots=[_dot(one, now) for one in tries],
    )


def _detail(promise: Promise, user: User, now: datetime) -> str:
    if promise.settled_at is not None:
        times = {
            "due": local_time(promise.deadline, now=now),
            "done": local_time(promise.settled_at, now=now),
        }
        said = _("promised for %(due)s, settled %(done)s") % times
    else:
        said = _("by %(time)s") % {"time": local_time(promise.deadline, now=now)}
    label, next_try = promise.label if promise.text else "", promise.next_call_at
    again = _("next try %(time)s") % {"time": local_time(next_try, now=now)} if next_try else ""
    there = _there(promise) if promise.is_owed else ""
    parts = [label, said, there, again, _owner(promise, user), promise.reason]
    return " · ".join(part for part in parts if part)


def _owner(promise: Promise, user: User) -> str:
    if promise.owner is None:
        return _("nobody yet")
    return pgettext("who owes it", "you") if promise.owner == user else promise.owner.name


def _dot(attempt: Any, now: datetime) -> Dot:
    state = RingState.LATE if attempt.outcome in NOT_REACHED else RingState.KEPT
    label = Outcome(attempt.outcome).label
    return Dot(state, f"{local_time(attempt.at, now=now)} {label}")


def view(promise: Promise, case: Case, user: User, now: datetime) -> Pinned:
    """A promise as it is pinned above the conversation."""
    line = make_line(promise, (), user, now)
    name = case.customer.form_of_address or case.customer.name or _("the customer")
    kind = kinds.get(promise.kind) if kinds.has(promise.kind) else None
    title = str(TITLES.get(promise.kind, "")) or _("{what} for {name} by {time}")
    return Pinned(
        line=line,
        title=format_html(
            title, name=run(between_words(name)), time=_between(promise, now), what=promise.label
        ),
        detail=_pinned_detail(promise, user, now),
        icon=kind.icon if kind else "clock",
        tel=promise.address if line.callback else "",
        there=_there(promise),
        needs=_needs(case, now),
    )


def _pinned_detail(promise: Promise, user: User, now: datetime) -> str:
    made = local_time(promise.made_at, now=now)
    if promise.automatic:
        told = _("since %(time)s") % {"time": made}
    elif promise.made_by_id == user.pk:
        told = _("promised %(time)s by you") % {"time": made}
    else:
        told = _("promised %(time)s") % {"time": made}
    whose = _owner(promise, user) if promise.owner_id != promise.made_by_id else ""
    return " · ".join(part for part in (promise.text, told, whose) if part)


def _needs(case: Case, now: datetime) -> str:
    """The customer's own deadline, beside ours."""
    if case.needed_by is None:
        return ""
    time = {"time": local_time(case.needed_by, now=now)}
    if case.needed_by_said:
        return _("the customer needs it by %(time)s") % time
    return _("the customer may need it by %(time)s") % time


def _between(promise: Promise, now: datetime) -> str:
    if promise.window_end is None or promise.deadline != promise.window_end:
        return local_time(promise.deadline, now=now)
    times = {
        "begin": local_time(promise.due_at, now=now),
        "end": f"{timezone.localtime(promise.window_end):%H:%M}",
    }
    return _("%(begin)s to %(end)s") % times


def _there(promise: Promise) -> str:
    """The time on the customer's clock, where it differs from the reader's."""
    there = promise.deadline.astimezone(ZoneInfo(promise.timezone))
    here = timezone.localtime(promise.deadline)
    if there.utcoffset() == here.utcoffset():
        return ""
    words = {"time": f"{there:%H:%M}", "zone": promise.timezone}
    return _("%(time)s for the customer (%(zone)s)") % words
