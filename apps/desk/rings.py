"""The ring of a promise: its state, the share of the agreed time that is left, and words.

The server decides the state; ``static/js/clock.js`` only counts down and asks again when the
next state begins. Without a script the words stand as they were when the page was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.common.icons import icon_markup
from apps.promises.enums import Settlement
from apps.promises.models import Promise

SOON = timedelta(minutes=30)
LATER = timedelta(days=1)
HOUR, TWO_DAYS = 60, 48 * 60


class RingState(StrEnum):
    """The values of ``data-state``."""

    LATER = "later"
    CALM = "calm"
    SOON = "soon"
    LATE = "late"
    KEPT = "kept"


SETTLED_STATES: dict[str, RingState] = {
    Settlement.KEPT: RingState.KEPT,
    Settlement.LATE: RingState.LATE,
}
# the stylesheet holds what all arcs share: fifty of them stand in a list
ARC = '<svg class="arc" viewBox="0 0 36 36"><circle/><circle pathLength="100"{}/></svg>'
GONE = ' stroke-dashoffset="{}"'
MARKUP = '<span class="ring{}" data-state="{}"{}{}{}>' + ARC + "{}</span>"
TEXT = '<span class="{}" data-state="{}"{}{}>{}</span>'
NOTHING = mark_safe("")
HIDDEN = mark_safe(' aria-hidden="true"')
TIMER = ' role="timer" aria-label="{}"'
SETTLED = mark_safe(" data-settled")


@dataclass(frozen=True, slots=True)
class Ring:
    """How a promise stands. ``gone`` is the share of the agreed time that has passed, in
    hundredths. ``words`` are short, for the eye; ``spoken`` say the same in full. What counts
    down has ``due`` (milliseconds since 1970) and ``span``, the agreed time in seconds.
    """

    state: RingState
    gone: int
    words: str
    spoken: str
    due: int = 0
    span: int = 0
    settled: bool = False

    def markup(
        self,
        *,
        size: str = "",
        icon: str = "",
        channel: str = "",
        label: str = "",
        inside: SafeString = NOTHING,
    ) -> SafeString:
        """The ring with an icon in it; ``size`` is ``s``, ``m``, ``l``, ``xl`` or the usual one.

        ``label`` names what the icon stands for, where words beside it say how it stands;
        ``inside`` stands in the place of an icon.
        """
        inside = inside or (_bare_icon(icon) if icon else NOTHING)
        if not inside and self.state is RingState.KEPT:
            inside = _bare_icon("check")
        said = label or self.spoken
        return mark_safe(  # noqa: S308 - what comes from people is escaped
            MARKUP.format(
                f" ring-{size}" if size else "",
                self.state,
                f' data-ch="{escape(channel)}"' if channel else "",
                SETTLED if self.settled else self._counting(),
                f' role="img" aria-label="{escape(said)}"' if said else HIDDEN,
                GONE.format(self.gone) if self.gone else "",
                inside,
            )
        )

    def left(self, *, classes: str = "left") -> SafeString:
        """The words of a list: minutes tick while they matter, what is late says so in words."""
        return self._text(classes, self.words, ticks=self.state is RingState.SOON)

    def ticking(self, *, classes: str = "left", hidden: bool = False) -> SafeString:
        """The words as they tick: ``5:48`` while it is soon, ``−4:12`` in the first hour late.

        ``hidden``: beside a ring that says the same; else it is a timer with a name of its own.
        """
        ticks = bool(self.due) and self.state in (RingState.SOON, RingState.LATE)
        text = tick(self.due / 1000 - timezone.now().timestamp()) if ticks else ""
        role = HIDDEN if hidden else format_html(TIMER, _("Time left"))
        return self._text(classes, text or self.words, ticks=ticks, role=role)

    def _text(
        self, classes: str, text: str, *, ticks: bool, role: SafeString = NOTHING
    ) -> SafeString:
        counting = f"{self._counting()} data-ticks" if ticks else ""
        markup = TEXT.format(classes, self.state, counting, role, escape(text))
        return mark_safe(markup)  # noqa: S308 - escaped

    def _counting(self) -> str:
        """What the browser counts by; days are counted by the server alone."""
        if not self.due or self.state is RingState.LATER:
            return ""
        if self.state is RingState.SOON:  # before that the server draws the arc
            return f' data-due="{self.due}" data-span="{self.span}"'
        return f' data-due="{self.due}"'


@lru_cache(maxsize=64)
def _bare_icon(name: str) -> SafeString:
    """An icon inside of something that is hidden, or an image with a name, as a whole."""
    return mark_safe(icon_markup(name).replace(HIDDEN, ""))  # noqa: S308 - our own markup


def ring_of(promise: Promise, now: datetime) -> Ring:
    """How a promise stands at a moment; costs no query."""
    if not promise.is_owed:
        return _settled(promise)
    span = max(promise.agreed_time.total_seconds(), 1)
    if promise.paused_at is not None:
        return Ring(RingState.LATER, 0, _("paused"), _("paused: we wait for the customer"))
    left = promise.deadline - now
    gone = min(100, max(0, round(100 - 100 * left.total_seconds() / span)))
    state = RingState.LATE if promise.is_broken else _state(left)
    # what is late is full again: the whole of it is owed
    full = state in (RingState.LATE, RingState.LATER)
    return Ring(
        state=state,
        gone=0 if full else gone,
        words=_words(state, left),
        spoken=_spoken(state, left),
        due=round(promise.deadline.timestamp() * 1000),
        span=round(span),
    )


def bare(state: RingState) -> Ring:
    """A ring that stands for a fact: nothing counts down in it."""
    return Ring(state, 0, "", "", settled=True)


def _state(left: timedelta) -> RingState:
    if left <= timedelta(0):
        return RingState.LATE
    if left <= SOON:
        return RingState.SOON
    return RingState.LATER if left >= LATER else RingState.CALM


def _settled(promise: Promise) -> Ring:
    state = SETTLED_STATES.get(promise.settlement, RingState.LATER)
    words = {
        Settlement.KEPT: _("kept"),
        Settlement.LATE: _("done late"),
        Settlement.RENEGOTIATED: _("new time agreed"),
        Settlement.WITHDRAWN: _("withdrawn"),
        Settlement.NOT_REACHED: _("not reached"),
    }.get(Settlement(promise.settlement), _("nothing left to do"))
    if promise.is_broken and promise.settlement != Settlement.LATE:
        words = _("broken, %(end)s") % {"end": words}
        state = RingState.LATE
    return Ring(state, 0, words, words, settled=True)


def tick(seconds: float) -> str:
    """Minutes and seconds, with a minus after the time; nothing for an hour and more."""
    minutes, rest = divmod(int(abs(seconds)), 60)
    if minutes >= HOUR:
        return ""
    return f"{'−' if seconds < 0 else ''}{minutes}:{rest:02}"


def _words(state: RingState, left: timedelta) -> str:
    seconds = left.total_seconds()
    minutes = int(abs(seconds) // 60)
    if state is RingState.LATE:
        return _late(minutes)
    if state is RingState.SOON:
        return tick(seconds)
    if minutes < HOUR:
        return _("%(count)d min") % {"count": minutes}
    if state is RingState.LATER:
        return ngettext("in %(count)d d", "in %(count)d d", left.days) % {"count": left.days}
    return _("%(hours)d h %(minutes)02d") % {"hours": minutes // 60, "minutes": minutes % 60}


def _late(minutes: int) -> str:
    if minutes < 1:
        return _("just late")
    if minutes < HOUR:
        return _("%(count)d min late") % {"count": minutes}
    if minutes < TWO_DAYS:
        return _("%(count)d h late") % {"count": minutes // 60}
    days = minutes // 1440
    return ngettext("%(count)d d late", "%(count)d d late", days) % {"count": days}


def _spoken(state: RingState, left: timedelta) -> str:
    if state is not RingState.SOON:
        words = _words(state, left)
        return words if state is RingState.LATE else _("due: %(words)s") % {"words": words}
    minutes = int(left.total_seconds() // 60)
    if minutes < 1:
        return _("less than a minute left")
    said = ngettext("%(count)d minute left", "%(count)d minutes left", minutes)
    return said % {"count": minutes}
