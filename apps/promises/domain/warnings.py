"""What to think of before one's word is given: it is allowed, and may be a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from apps.cases.models import Case
from apps.common.text import local_time
from apps.promises.domain.terms import is_open


@dataclass(frozen=True, slots=True)
class PromiseWarning:
    """``code`` stands in the API, ``text`` is a translated sentence."""

    code: str
    text: str


def warnings_for(
    case: Case,
    *,
    kind: str,  # noqa: ARG001 - preferences ask for it
    due_at: datetime,
    window_end: datetime | None,
    channel: str,  # noqa: ARG001 - preferences ask for it
) -> list[PromiseWarning]:
    """What speaks against a promise for this time (UTC) on this channel; nothing forbids it."""
    ends = window_end or due_at
    found = []
    if case.needed_by is not None and ends > case.needed_by:
        found.append(PromiseWarning("after_needed_by", _too_late(case, case.needed_by)))
    if not is_open(case, due_at) or not is_open(case, ends):
        closed = _("At that time nobody of the team is at work.")
        found.append(PromiseWarning("outside_hours", closed))
    return found


def _too_late(case: Case, needed_by: datetime) -> str:
    time = {"time": local_time(needed_by)}
    if case.needed_by_said:
        return _("The customer needs it by %(time)s, which is sooner.") % time
    return _("We assume that the customer needs it by %(time)s, which is sooner.") % time
