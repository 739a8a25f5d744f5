"""Closing guards: higher layers say what is still owed on a case."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from apps.cases.errors import StillOwed

if TYPE_CHECKING:
    from apps.cases.models import Case

type Guard = Callable[[Case], Iterable[str]]

_guards: list[Guard] = []


def register(guard: Guard) -> None:
    """Add a guard: it returns a translated sentence for each thing still owed."""
    _guards.append(guard)


def owed(case: Case) -> list[str]:
    """Everything that still hangs on this case, as sentences."""
    return [sentence for guard in _guards for sentence in guard(case)]


def check_can_close(case: Case) -> None:
    """Raise StillOwed when any guard objects."""
    if sentences := owed(case):
        raise StillOwed(sentences)
