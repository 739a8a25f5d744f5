"""What speaks against a time, asked before anybody's word is given for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from apps.cases.models import Case
from apps.promises import domain
from apps.promises.domain import PromiseWarning
from apps.promises.enums import Kind
from apps.promises.models import Promise


def find_warnings(
    case: Case,
    kind: str,
    due_at: datetime,
    *,
    window_end: datetime | None = None,
    within: timedelta | None = None,
    moved: Promise | None = None,
    zone: str = "",
) -> list[PromiseWarning]:
    """Warnings about a time (UTC); ``moved`` is the promise that gets it, else it is a new one.

    ``within`` is the span that was asked for, where it was one from now; ``zone`` that of the
    clock on which the time is told. Of a callback the other calls of the team are asked as well.
    """
    said = domain.warnings_for(
        case,
        kind=kind,
        due_at=due_at,
        window_end=window_end,
        channel=moved.channel if moved else "",
        within=within,
        moved=moved,
        zone=zone,
    )
    if kind != Kind.CALLBACK:
        return said
    full = domain.room_warnings(
        case, said, due_at=due_at, window_end=window_end, without=moved.pk if moved else None
    )
    return [*said, *full]
