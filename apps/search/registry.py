"""What there is to find, and what may narrow a search. Higher layers register here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import get_language

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from apps.accounts.models import User

type Filter = Callable[[User, str], Q | None]
type Values = Callable[[], Iterable[str]]
type Access = Callable[[User], Q]
type Direct = Callable[[User, str], Iterable[Shown]]


@dataclass(frozen=True, slots=True)
class Document:
    """One thing to be found. ``at`` is UTC; the newest comes first among equals.

    Without a team and not restricted, every agent finds it.
    """

    source: str
    object_id: int
    at: datetime
    title: str = ""
    body: str = ""
    case_id: int | None = None
    customer_id: int | None = None
    team_id: int | None = None
    restricted: bool = False
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a source says of one of its objects; the snippet is cut from ``body``."""

    source: str
    object_id: int
    object: Any
    title: str
    body: str
    at: datetime
    case_id: int | None = None
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of document. ``load`` shows what the person may see of the ids, in few queries;
    ``all_documents`` yields every document for a rebuild, without holding all in memory.
    """

    name: str
    label: str | _StrPromise
    load: Callable[[User, Sequence[int]], Mapping[int, Shown]]
    all_documents: Callable[[], Iterable[Document]]


_sources: dict[str, Source] = {}
_filters: dict[str, Filter] = {}
_values: dict[str, Values] = {}
_shown: list[tuple[str, str]] = []
_access: list[Access] = []
_direct: list[Direct] = []


def register_source(source: Source) -> None:
    _sources[source.name] = source


def register_filter(names: Iterable[str], condition: Filter, values: Values = tuple) -> None:
    """Add a filter under names in lower case, the English one first, then the Chinese.

    It turns a person and a value into a condition on ``Entry``, or None for no such value;
    ``values`` lists in the reader's language what there is to choose from, if that is few.
    """
    named = list(names)
    for name in named:
        _filters[name], _values[name] = condition, values
    _shown.append((named[0], named[-1] if len(named) == 1 else named[1]))


def register_access(condition: Access) -> None:
    """Add a condition on ``Entry`` under which a person may find more than their teams'."""
    _access.append(condition)


def register_direct(lookup: Direct) -> None:
    """Add a lookup of what the whole box names exactly (a case number, an address)."""
    _direct.append(lookup)


def sources() -> Mapping[str, Source]:
    return _sources


def filters() -> Mapping[str, Filter]:
    return _filters


def shown_filters() -> list[str]:
    """The name of each filter in the reader's language."""
    chinese = (get_language() or "").startswith("zh")
    return [second if chinese else first for first, second in _shown]


def values_of(name: str) -> list[str]:
    """What a filter may be followed by, in the reader's language; empty where that is open."""
    return [str(value) for value in _values[name]()]


def direct(user: User, typed: str) -> list[Shown]:
    return [shown for lookup in _direct for shown in lookup(user, typed)]


def readable_by(user: User) -> Q:
    """The condition on entries that is part of every query of this person."""
    if not user.is_active:
        return Q(pk__in=[])
    if user.is_superuser:
        return Q()
    condition = Q(restricted=False) & (Q(team_id=None) | Q(team_id__in=user.team_ids))
    for more in _access:
        condition |= more(user)
    return condition
