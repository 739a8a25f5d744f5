"""When the first of what is promised in a case breaks: a cache that ``promises`` works out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from apps.cases.models import Case
from apps.common.bulk import update_rows


def set_dues(dues: Mapping[int, datetime | None]) -> None:
    """Write ``due_at`` (UTC, None for nothing promised) of these cases, in the caller's
    transaction; nobody is told here.
    """
    update_rows([Case(pk=pk, due_at=due) for pk, due in sorted(dues.items())], ["due_at"])
