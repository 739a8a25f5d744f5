"""What a page says of a promise's time: the state of its ring, the arc, the words beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.common.icons import icon_markup
from apps.common.text import iso_minute, local_time, short_span
from apps.promises import kinds
from apps.promises.enums import State
from apps.promises.models import Promise

SOON = timedelta(minutes=30)
WHOLE = 100


@dataclass(frozen=True, slots=True)
class Clock:
    """``state`` is one of the design's: later, calm, soon, late, kept. ``gap`` is the share of
    the agreed time that is over, in percent; ``left`` what stands beside the ring, ``said`` what
    it is called.
    """

    state: str
    gap: int
    left: str
    said: str
    iso: str


def clock_of(promise: Promise, now: datetime) -> Clock:
    """The clock of a promise as it stands now; asks no database."""
    left = promise.deadline - now
    if not promise.is_owed:
        state = "late" if promise.is_broken else "kept"
        return Clock(state, 0, "", _done(promise), iso_minute(promise.deadline))
    if promise.is_broken or left <= timedelta(0):
        said = _("%(span)s late") % {"span": short_span(-left)}
        return Clock("late", 0, said, said, iso_minute(promise.deadline))
    said = _("%(span)s left") % {"span": short_span(left)}
    state = "soon" if left <= SOON else "calm" if _is_today(promise, now) else "later"
    shown = short_span(left) if state == "soon" else short_time(promise.deadline, now)
    over = 1 - min(left / max(promise.agreed_time, left), 1)
    return Clock(state, round(WHOLE * over), shown, said, iso_minute(promise.deadline))


def agreed(promise: Promise) -> str:
    """What was agreed, as "by 09:10" or "between 14:00 and 14:20"."""
    if promise.window_end is None:
        return _("by %(time)s") % {"time": local_time(promise.due_at)}
    until = timezone.localtime(promise.window_end)
    ends = f"{until:%H:%M}"
    if until.date() != timezone.localtime(promise.due_at).date():
        ends = local_time(promise.window_end)
    words = {"begin": local_time(promise.due_at), "end": ends}
    return _("between %(begin)s and %(end)s") % words


def short_time(at: datetime, now: datetime) -> str:
    """The time alone today, else the day alone."""
    local = timezone.localtime(at)
    if local.date() == timezone.localtime(now).date():
        return f"{local:%H:%M}"
    return formats.date_format(local, pgettext("format of a short date", "j M"))


def icon_of(promise: Promise, classes: str = "") -> SafeString:
    """The icon of its kind, or how it ended."""
    if not promise.is_owed:
        return icon_markup("x" if promise.is_broken else "check", classes)
    return icon_markup(
        kinds.get(promise.kind).icon if kinds.has(promise.kind) else "clock", classes
    )


def _is_today(promise: Promise, now: datetime) -> bool:
    return timezone.localtime(promise.deadline).date() == timezone.localtime(now).date()


def _done(promise: Promise) -> str:
    return str(State(promise.state).label)
