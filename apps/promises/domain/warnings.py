"""What to think of before one's word is given: it is allowed, and may be a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.cases.models import Case
from apps.common.text import local_time
from apps.customers import wishes
from apps.customers.enums import ContactChannel, PreferenceKind
from apps.promises import kinds
from apps.promises.domain.agreed import agreement_of
from apps.promises.enums import Outcome


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
) -> list[PromiseWarning]:
    """What speaks against a promise for this time (UTC) on this channel; nothing forbids it.

    Three queries at most: opening hours, the customer, their preferences.
    """
    ends = window_end or due_at
    found = []
    if case.needed_by is not None and ends > case.needed_by:
        found.append(PromiseWarning("after_needed_by", _too_late(case, case.needed_by)))
    schedule = agreement_of(case).schedule
    if not schedule.is_open(due_at) or not schedule.is_open(ends):
        closed = _("At that time nobody of the team is at work.")
        opening = schedule.next_opening(ends)
        found.append(PromiseWarning("outside_hours", closed, opening))
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


def _against_wishes(case: Case, *, kind: str, at: datetime, channel: str) -> list[PromiseWarning]:
    calls = kinds.has(kind) and kinds.get(kind).by_voice
    by = channel or ("phone" if calls else "")
    conflicts = wishes.conflicts(case.customer, at=at, channel=by) if by else []
    return [_warning(one) for one in conflicts]


def _warning(conflict: wishes.Conflict) -> PromiseWarning:
    return PromiseWarning(f"preference_{conflict.kind}", conflict.sentence, conflict.proposal)


def _too_late(case: Case, needed_by: datetime) -> str:
    time = {"time": local_time(needed_by)}
    if case.needed_by_said:
        return _("The customer needs it by %(time)s, which is sooner.") % time
    return _("We assume that the customer needs it by %(time)s, which is sooner.") % time
