"""A case that somebody closed while a colleague was writing in it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases import domain as cases
from apps.cases.enums import EventKind, Status
from apps.cases.errors import NotEnded
from apps.cases.models import Case
from apps.common.text import local_time


def mark(case: Case) -> str:
    """What a composer keeps of the end that its page showed; empty where the case is not closed."""
    closed = case.status == Status.CLOSED and case.closed_at
    return case.closed_at.isoformat() if closed and case.closed_at else ""


def closed_meanwhile(case: Case, actor: User, shown: str) -> str:
    """A sentence where somebody else closed the case after its page was shown, else nothing."""
    if not (now := mark(case)) or now == shown or not case.closed_at:
        return ""
    told = case.events.filter(kind=EventKind.CASE_CLOSED).select_related("actor").last()
    who = told.actor if told else None
    if who == actor:
        return ""
    at = local_time(case.closed_at)
    if who is None:
        happened = _("This case was closed meanwhile (%(time)s).") % {"time": at}
    else:
        happened = _("%(who)s closed this case meanwhile (%(time)s).") % {
            "who": who.name,
            "time": at,
        }
    safe = _("Your text is kept. Send it once more to leave the case closed, or reopen it first.")
    return f"{happened} {safe}"


def reopening(act: Callable[..., Any]) -> Callable[..., Any]:
    """The same deed, which takes the case up again first: both happen, or neither."""

    @transaction.atomic
    def both(*, case: Case, actor: User, values: dict[str, Any]) -> Any:
        with contextlib.suppress(NotEnded):  # a colleague was faster
            cases.reopen_case(case_id=case.pk, actor=actor)
        return act(case=case, actor=actor, values=values)

    return both
