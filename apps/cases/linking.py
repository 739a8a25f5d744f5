"""Numbers of other cases that a case's events name, and who may read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from apps.accounts.models import User
from apps.cases.models import Case, CaseEvent
from apps.cases.models.case import read_number

# Under these names an event's data hold the number of another case.
KEYS = frozenset({"number", "into", "previous"})


def readable_numbers(user: User, events: Iterable[CaseEvent]) -> frozenset[str]:
    """The numbers in these events that the person may know; no query where none is named."""
    texts = [str(event.data[key]) for event in events for key in KEYS & event.data.keys()]
    named = [asked for text in texts if (asked := read_number(text))]
    if not named:
        return frozenset()
    found = Case.objects.visible_to(user).filter(pk__in=named)
    return frozenset(Case(pk=key).number for key in found.values_list("pk", flat=True))


def without_hidden(data: Mapping[str, Any], readable: AbstractSet[str]) -> dict[str, Any]:
    """An event's data, less the numbers that are not among the readable ones."""
    return {key: one for key, one in data.items() if key not in KEYS or str(one) in readable}
