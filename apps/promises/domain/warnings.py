"""What to think of before one's word is given: it is allowed, and may be a mistake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.cases.models import Case
from apps.common.business_time import Schedule
from apps.common.text import local_time, zoned_time
from apps.customers import wishes
from apps.customers.enums import ContactChannel, PreferenceKind
from apps.promises import kinds
from apps.promises.domain.agreed import agreement_of
from apps.promises.domain.making import FURTHEST
from apps.promises.domain.waiting import needed_at, needed_for
from apps.promises.enums import Kind, Outcome
from apps.promises.models import Promise

MOMENT, STEP = timedelta(seconds=1), timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class PromiseWarning:
    """``code`` stands in the API, ``text`` is a translated sentence.

    ``proposal`` (UTC) is the next moment that would do, where one is known.
    """

    code: str
    text: str
    proposal: datetime | None = None


def warnings_for(
    case: Case,
    *,
    kind: str,
    due_at: datetime,
    window_end: datetime | None = None,
    channel: str = "",
    within: timedelta | None = None,
    moved: Promise | None = None,
    zone: str = "",
) -> list[PromiseWarning]:
    """What speaks against a promise for this time (UTC) on this channel; nothing forbids it.

    ``within`` is the span that was said instead of a time, such as twenty minutes from now: by
    the wall clock while the team is at work, else from its next opening on, which is proposed.
    ``moved`` is the promise whose time it shall be, where it is given already. ``zone`` is that
    of the clock on which the customer is told; without it the promise's own, or the reader's.
    Three queries at most: opening hours, the customer, their preferences; and two for an inquiry,
    about the promise that it would come too late for.
    """
    ends, found = window_end or due_at, []
    now = timezone.now()
    if (ends <= now and within is None) or due_at > now + FURTHEST:
        return []  # over, or further than any calendar: that is refused, not warned of
    if case.needed_by is not None and ends > case.needed_by:
        found.append(PromiseWarning("after_needed_by", _too_late(case, case.needed_by)))
    schedule = agreement_of(case).schedule
    if within is not None:
        clock = zone or (moved.timezone if moved else "")
        found += _closed_for(schedule, due_at, within, clock)
    elif not _is_open_through(schedule, due_at, ends):
        closed = _("At that time nobody of the team is at work.")
        opening = schedule.next_opening(ends)
        found.append(PromiseWarning("outside_hours", closed, opening))
    needs = needed_for(moved, case) if kind == Kind.INQUIRY else None
    if needs is not None and due_at >= needed_at(needs):
        found.append(PromiseWarning("after_promise", _after(needed_at(needs))))
    return found + _against_wishes(case, kind=kind, at=due_at, until=window_end, channel=channel)


def warnings_for_attempt(case: Case, outcome: str) -> list[PromiseWarning]:
    """What the customer asked us not to do, of a call with this outcome; nothing forbids it.

    One query at most: their preferences.
    """
    if outcome != Outcome.VOICEMAIL:
        return []
    found = wishes.conflicts(
        case.customer, at=timezone.now(), channel=ContactChannel.PHONE, voicemail=True
    )
    return [_warning(one) for one in found if one.kind == PreferenceKind.NO_VOICEMAIL]


def _closed_for(
    schedule: Schedule, due_at: datetime, within: timedelta, zone: str
) -> list[PromiseWarning]:
    """The span is counted from the next opening on, unless the team works now and at its end."""
    now = due_at - within
    if schedule.is_open(now) and _is_open_at_end(schedule, due_at):
        return []
    opening = schedule.next_opening(due_at if schedule.is_open(now) else now)
    if opening is None:
        return [PromiseWarning("outside_hours", _("At that time nobody of the team is at work."))]
    words = _("Nobody of the team is at work then. Tell the customer that it will be %(time)s.")
    proposal = opening + within
    return [PromiseWarning("outside_hours", words % {"time": zoned_time(proposal, zone)}, proposal)]


def _is_open_at_end(schedule: Schedule, at: datetime) -> bool:
    """Whether the team works right before a moment, or at it: what ends with the day is in time."""
    return schedule.is_open(at) or schedule.is_open(at - MOMENT)


def _is_open_through(schedule: Schedule, begins: datetime, ends: datetime) -> bool:
    if begins == ends:
        return _is_open_at_end(schedule, ends)
    return schedule.elapsed(begins, ends) == ends - begins


def _against_wishes(
    case: Case, *, kind: str, at: datetime, until: datetime | None, channel: str
) -> list[PromiseWarning]:
    """What the customer wishes otherwise at the beginning of a window, or else later in it."""
    calls = kinds.has(kind) and kinds.get(kind).is_spoken
    by = channel or ("phone" if calls else "")
    if not by:
        return []
    prefetch_related_objects([case.customer], wishes.prefetch())
    found = wishes.conflicts(case.customer, at=at, channel=by)
    while until and (at := at + STEP) < until and not _is_quiet(found):
        found = wishes.conflicts(case.customer, at=at, channel=by)
    return [_warning(one) for one in found]


def _is_quiet(found: Sequence[wishes.Conflict]) -> bool:
    return any(one.kind == PreferenceKind.QUIET_HOURS for one in found)


def _warning(conflict: wishes.Conflict) -> PromiseWarning:
    return PromiseWarning(f"preference_{conflict.kind}", conflict.sentence, conflict.proposal)


def _after(deadline: datetime) -> str:
    words = _("The customer was promised an answer by %(time)s: this one would come too late.")
    return words % {"time": local_time(deadline)}


def _too_late(case: Case, needed_by: datetime) -> str:
    time = {"time": local_time(needed_by)}
    if case.needed_by_said:
        return _("The customer needs it by %(time)s, which is sooner.") % time
    return _("We assume that the customer needs it by %(time)s, which is sooner.") % time
