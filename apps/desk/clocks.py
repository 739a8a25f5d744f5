"""What a list says of a promise's time: its ring, and the words beside or within it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.common.icons import icon_markup
from apps.common.text import iso_minute, local_time, short_time
from apps.desk.rings import NOTHING, Ring, RingState, ring_of
from apps.promises import kinds
from apps.promises.models import Promise

WITHIN = '<span class="in" aria-hidden="true"><b>{}</b>{}</span>'
COUNTED = (RingState.SOON, RingState.LATE)


@dataclass(frozen=True, slots=True)
class Clock:
    """``left`` counts down while it is soon and says how late it is; else it is the time."""

    ring: Ring
    left: SafeString
    iso: str

    @property
    def state(self) -> RingState:
        return self.ring.state

    @property
    def within(self) -> SafeString:
        """The words as they stand within the large ring."""
        unit = pgettext("time", "left") if self.state is RingState.SOON else ""
        return format_html(
            WITHIN, self.left, format_html("<small>{}</small>", unit) if unit else ""
        )


def clock_of(promise: Promise, now: datetime) -> Clock:
    """The clock of a promise as it stands now; asks no database."""
    ring = ring_of(promise, now)
    iso = iso_minute(promise.deadline)
    if ring.settled:
        return Clock(ring, NOTHING, iso)
    if ring.state in COUNTED:
        return Clock(ring, ring.left(classes="tick"), iso)
    words = ring.words if promise.paused_at else short_time(promise.deadline, now=now)
    return Clock(ring, escape(words), iso)


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


def icon_of(promise: Promise, classes: str = "") -> SafeString:
    """The icon of its kind, or how it ended."""
    if not promise.is_owed:
        return icon_markup("x" if promise.is_broken else "check", classes)
    return icon_markup(
        kinds.get(promise.kind).icon if kinds.has(promise.kind) else "clock", classes
    )
