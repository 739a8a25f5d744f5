"""Closing guards: higher layers say what is still owed on a case."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from apps.cases.enums import Outcome
from apps.cases.errors import StillOwed

if TYPE_CHECKING:
    from apps.cases.models import Case

type Guard = Callable[[Case, str], Iterable[str]]

_guards: list[Guard] = []


def register(guard: Guard) -> None:
    """Add a guard: it returns a translated sentence for each thing still owed.

    It is called with the case and the outcome with which it shall close.
    """
    _guards.append(guard)


def owed(case: Case, outcome: str = Outcome.AGREED) -> list[str]:
    """Everything that keeps this case from closing with this outcome, as sentences."""
    return [sentence for guard in _guards for sentence in guard(case, outcome)]


def check_can_close(case: Case, outcome: str = Outcome.AGREED) -> None:
    """Raise StillOwed when any guard objects."""
    if sentences := owed(case, outcome):
        raise StillOwed(sentences)
