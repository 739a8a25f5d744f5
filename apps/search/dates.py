"""``before:`` and ``after:`` with days of the reader's own calendar."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from apps.search import registry

if TYPE_CHECKING:
    from apps.accounts.models import User

_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月?)?|年)?", re.ASCII)
_WORDS = {"today": 0, "今天": 0, "yesterday": 1, "昨天": 1}


def register() -> None:
    """Called once, when the app is ready."""
    registry.register_filter(("before", "早于", "之前"), _before, _examples)
    registry.register_filter(("after", "晚于", "之后"), _after, _examples)


def read_day(typed: str) -> date | None:
    """The first day of what is meant: a day, a month, a year, today or yesterday."""
    if typed.casefold() in _WORDS:
        return timezone.localdate() - timedelta(days=_WORDS[typed.casefold()])
    match = _DAY.fullmatch(typed)
    if match is None:
        return None
    year, month, day = (int(part or 1) for part in match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _before(_user: User, typed: str) -> Q | None:
    start = _start(typed)
    return None if start is None else Q(at__lt=start)


def _after(_user: User, typed: str) -> Q | None:
    start = _start(typed)
    return None if start is None else Q(at__gte=start)


def _start(typed: str) -> datetime | None:
    day = read_day(typed)
    if day is None or day.year < 2:  # no zone knows the year before the first
        return None
    return timezone.make_aware(datetime.combine(day, time.min))


def _examples() -> list[str]:
    today = timezone.localdate()
    return [f"{today:%Y-%m-%d}", f"{today:%Y-%m}", "today / 今天", "yesterday / 昨天"]
