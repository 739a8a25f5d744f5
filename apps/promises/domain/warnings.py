"""What speaks against a time before it is promised; nothing here forbids it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from apps.cases.models import Case
from apps.common.text import local_time
from apps.promises.domain.terms import is_open


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001 - the word that pages and API use
    """``code`` stands in the API, ``text`` is a translated sentence."""

    code: str
    text: str


def warnings_for(
    case: Case,
    *,
    kind: str,  # noqa: ARG001 - the preferences ask for it
    due_at: datetime,
    window_end: datetime | None,
    channel: str = "",  # noqa: ARG001 - the preferences ask for it
) -> list[Warning]:
    """What the customer or the team would hold against this time; times are aware."""
    found = []
    if not is_open(case, due_at):
        text = _("At that time nobody of the team is there: it is outside its opening hours.")
        found.append(Warning("outside_hours", text))
    if case.needed_by is not None and (window_end or due_at) > case.needed_by:
        words = _("The customer needs it by %(time)s, which is earlier.")
        found.append(Warning("after_needed_by", words % {"time": local_time(case.needed_by)}))
    return found
