"""What to think of before one's word is given: it is allowed, and may be a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.cases.models import Case
from apps.common.business_time import Schedule
from apps.common.text import local_time
from apps.customers import wishes
from apps.customers.enums import ContactChannel, PreferenceKind
from apps.promises import kinds
from apps.promises.domain.agreed import agreement_of
from apps.promises.domain.making import FURTHEST
from apps.promises.domain.waiting import needed_for
from apps.promises.enums import Kind, Outcome
from apps.promises.models import Promise


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
) -> list[PromiseWarning]:
    """What speaks against a promise for this time (UTC) on this channel; nothing forbids it.

    ``within`` is the span that was said instead of a time, such as twenty minutes from now: by
    the wall clock while the team is at work, else from its next opening on, which is proposed.
    ``moved`` is the promise whose time it shall be, where it is given already.
    Three queries at most: opening hours, the customer, their preferences; and two for an inquiry,
    about the promise that it would come too late for.
    """
    ends, found = window_end or due_at, []
    if due_at > timezone.now() + FURTHEST:
        return []  # no calendar reaches there, and nobody may promise it
    if case.needed_by is not None and ends > case.needed_by:
        found.append(PromiseWarning("after_needed_by", _too_late(case, case.needed_by)))
    schedule = agreement_of(case).schedule
    if within is not None:
        found += _closed_for(schedule, due_at, within)
    elif not schedule.is_open(due_at) or not schedule.is_open(ends):
        closed = _("At that time nobody of the team is at work.")
        opening = schedule.next_opening(ends)
        found.append(PromiseWarning("outside_hours", closed, opening))
    needs = needed_for(moved, case) if kind == Kind.INQUIRY else None
    if needs is not None and due_at >= needs.deadline:
        found.append(PromiseWarning("after_promise", _after(needs.deadline)))
    return found + _against_wishes(case, kind=kind, at=due_at, channel=channel)


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


def _closed_for(schedule: Schedule, due_at: datetime, within: timedelta) -> list[PromiseWarning]:
    """The span is counted from the next opening on, unless the team works now and at its end."""
    now = due_at - within
    if schedule.is_open(now) and schedule.is_open(due_at):
        return []
    opening = schedule.next_opening(due_at if schedule.is_open(now) else now)
    if opening is None:
        return [PromiseWarning("outside_hours", _("At that time nobody of the team is at work."))]
    words = _("Nobody of the team is at work then. Tell the customer that it will be %(time)s.")
    proposal = opening + within
    return [PromiseWarning("outside_hours", words % {"time": local_time(proposal)}, proposal)]


def _against_wishes(case: Case, *, kind: str, at: datetime, channel: str) -> list[PromiseWarning]:
    calls = kinds.has(kind) and kinds.get(kind).is_spoken
    by = channel or ("phone" if calls else "")
    conflicts = wishes.conflicts(case.customer, at=at, channel=by) if by else []
    return [_warning(one) for one in conflicts]


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
