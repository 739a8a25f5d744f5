"""Cards above the steps of a request: a registry, and the one that says who looks after it.

A card stands in the order in which it was registered. Whoever has more to show registers in
``AppConfig.ready``::

    cards.register(our_promise)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from apps.cases.models import Case


@dataclass(frozen=True, slots=True)
class Card:
    """Shown by ``template`` with ``context`` and the page's own ``case``."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


type Source = Callable[[Case], Card | None]
_sources: list[Source] = []


def register(source: Source, *, first: bool = False) -> None:
    """Add a card, before all others where ``first`` is set."""
    _sources.insert(0 if first else len(_sources), source)


def of(case: Case) -> list[Card]:
    """The cards that this request has."""
    return [card for source in _sources if (card := source(case))]


def caretaker(case: Case) -> Card | None:
    """Who looks after the request; none while nobody does, or after its end."""
    if case.owner is None or case.is_ended:
        return None
    return Card("helpcentre/cards/caretaker.html", {"owner": case.owner.name})
