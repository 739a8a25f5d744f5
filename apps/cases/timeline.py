"""Timeline items: what stands between the interactions of a case, from any layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.cases.models import Case

type Source = Callable[[Case, User, "Span"], Iterable[Item]]


@dataclass(frozen=True, slots=True)
class Span:
    """The stretch of a case's story that a page shows: from (inclusive) until (exclusive)."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: shown by ``template`` with ``context``, in the order of ``at`` (UTC)."""

    at: datetime
    template: str
    context: dict[str, Any] = field(default_factory=dict)


_sources: list[Source] = []


def register(source: Source) -> None:
    """Add a source of items; it costs a fixed number of queries for any span."""
    _sources.append(source)


def items(case: Case, user: User, span: Span) -> list[Item]:
    """All items of the span that this person may see, oldest first."""
    found = [item for source in _sources for item in source(case, user, span)]
    return sorted(found, key=lambda item: item.at)
