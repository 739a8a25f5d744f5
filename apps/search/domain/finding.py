"""Finding: counted exactly, ranked, and never more than the person may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex
from django.utils.translation import gettext as _

from apps.search import query, registry, snippets
from apps.search.domain.cursor import Cursor
from apps.search.engines import engine
from apps.search.models import Entry, EntryText
from apps.search.registry import Shown

if TYPE_CHECKING:
    import re

    from apps.accounts.models import User
    from apps.search.query import Query

type Marks = re.Pattern[str] | None
type Row = tuple[Cursor, str, int]

IN_TITLE, ELSEWHERE = 0, 1


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found; ``object`` is the source's own row, for the page that shows it.

    ``title`` and ``snippet`` are pieces (text, is a match).
    """

    source: str
    object_id: int
    object: Any
    title: snippets.Parts
    snippet: snippets.Parts
    at: datetime
    case_id: int | None
    customer_id: int | None


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits. ``total`` is exact, ``counts`` are the totals by source.

    ``direct`` are objects that the text names exactly, outside the count. ``next`` asks for
    the page after this one. ``problems`` are sentences about filters that match nothing.
    """

    total: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    hits: Sequence[Hit] = ()
    direct: Sequence[Hit] = ()
    next: str | None = None
    problems: Sequence[str] = ()


def find(
    user: User,
    typed: str,
    *,
    source: str | None = None,
    page_size: int = 20,
    after: str | None = None,
) -> Results:
    """Find what the person may see: what has the words in its title first, then the newest.

    ``typed`` is what stands in the box; ``source`` narrows hits and total to one kind;
    ``after`` is the ``next`` of the page before.
    """
    asked = query.parse(typed, registry.filters().keys())
    marks = snippets.pattern(asked.words)
    direct = [] if after else named(user, typed, marks)
    conditions, problems = _filters(user, asked)
    if problems or not asked:
        return Results(direct=direct, problems=problems)
    base = Entry.objects.filter(registry.readable_by(user), *conditions, *_phrases(asked))
    with engine().reading(by_words=bool(asked.words)):
        counts = _counts(base, asked)
        narrowed = base.filter(source=source) if source else base
        rows = _rows(narrowed, asked, page_size + 1, Cursor.read(after))
    page = rows[:page_size]
    return Results(
        total=counts.get(source, 0) if source else sum(counts.values()),
        counts=counts,
        hits=_load(user, page, marks),
        direct=direct,
        next=str(page[-1][0]) if len(rows) > page_size else None,
        problems=[] if counts else [_stranger(name) for name in asked.strange],
    )


def named(user: User, typed: str, marks: Marks = None) -> list[Hit]:
    """What the text names exactly: a case by its number, a customer by an address."""
    return [_hit(shown, marks) for shown in registry.direct(user, typed)]


def case_ids(user: User, typed: str) -> RawSQL | list[int]:
    """The cases of everything that ``find`` would count, to narrow another list by (``pk__in``).

    Compiled here, because an engine's condition names the index table and takes no alias.
    """
    asked = query.parse(typed, registry.filters().keys())
    conditions, problems = _filters(user, asked)
    if problems or not asked:
        return []
    base = Entry.objects.filter(registry.readable_by(user), *conditions, *_phrases(asked))
    found = _matching(base, asked).filter(case_id__isnull=False).values("case_id").order_by()
    try:
        sql, params = found.query.sql_with_params()
    except EmptyResultSet:
        return []
    return RawSQL(sql, params)  # noqa: S611 - compiled by Django, its values are parameters


def _filters(user: User, asked: Query) -> tuple[list[Q], list[str]]:
    conditions: list[Q] = []
    problems: list[str] = []
    for name, value in asked.filters:
        condition = registry.filters()[name](user, value) if value else None
        if condition is None:
            problems.append(_problem(name, value))
        else:
            conditions.append(condition)
    return conditions, problems


def _problem(name: str, value: str) -> str:
    """What is wrong with a filter, and what to write instead."""
    values = {"name": name, "value": value, "known": ", ".join(registry.values_of(name))}
    if value:
        no = _("The filter “%(name)s:” knows no “%(value)s”.") % values
    else:
        no = _("Write a value right after “%(name)s:”, without a space.") % values
    possible = _("Possible are: %(known)s.") % values
    return f"{no} {possible}" if values["known"] else no


def _stranger(name: str) -> str:
    """Nothing was found, and a word looks like a filter that does not exist."""
    known = ", ".join(f"{one}:" for one in registry.shown_filters())
    values = {"name": name, "known": known}
    return _("“%(name)s:” is no filter, so it was searched as a word. Filters: %(known)s") % values


def _phrases(asked: Query) -> list[Exists]:
    texts = EntryText.objects.filter(entry_id=OuterRef("pk"))
    return [
        Exists(texts.alias(place=StrIndex("stream", Value(word.phrase))).filter(place__gt=0))
        for word in asked.words
        if word.phrase
    ]


def _matching(
    base: QuerySet[Entry], asked: Query, *, in_title: bool | None = None
) -> QuerySet[Entry]:
    return engine().narrow(base, asked.words, in_title=in_title) if asked.words else base


def _counts(base: QuerySet[Entry], asked: Query) -> dict[str, int]:
    by_source = _matching(base, asked).values_list("source").annotate(number=Count("pk"))
    return dict(by_source.order_by())


def _rows(base: QuerySet[Entry], asked: Query, wanted: int, after: Cursor | None) -> list[Row]:
    rows: list[Row] = []
    for tier in (IN_TITLE, ELSEWHERE) if asked.words else (ELSEWHERE,):
        if (after and after.tier > tier) or len(rows) >= wanted:
            continue
        in_title = tier == IN_TITLE if asked.words else None
        found = _matching(base, asked, in_title=in_title)
        if after and after.tier == tier:
            found = found.filter(Q(at__lt=after.at) | Q(at=after.at, pk__lt=after.pk))
        values = found.order_by("-at", "-pk").values_list("pk", "at", "source", "object_id")
        rows += [
            (Cursor(tier, at, pk), name, object_id)
            for pk, at, name, object_id in values[: wanted - len(rows)]
        ]
    return rows


def _load(user: User, rows: Sequence[Row], marks: Marks) -> list[Hit]:
    shown: dict[tuple[str, int], Shown] = {}
    for name, source in registry.sources().items():
        if ids := [object_id for _cursor, of, object_id in rows if of == name]:
            found = source.load(user, ids)
            shown |= {(name, object_id): item for object_id, item in found.items()}
    keys = [(name, object_id) for _cursor, name, object_id in rows]
    return [_hit(shown[key], marks) for key in keys if key in shown]


def _hit(shown: Shown, marks: Marks) -> Hit:
    return Hit(
        source=shown.source,
        object_id=shown.object_id,
        object=shown.object,
        title=snippets.mark(shown.title, marks),
        snippet=snippets.cut(shown.body, marks),
        at=shown.at,
        case_id=shown.case_id,
        customer_id=shown.customer_id,
    )
