"""SQLite: an FTS5 table without contents, whose rowid is the entry's id.

``ascii`` keeps our terms as they are (its only letters are ASCII's and everything above),
``detail=none`` keeps no positions: pairs of characters make them needless.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from django.db import connection
from django.db.models import QuerySet

from apps.search import text
from apps.search.models import Entry
from apps.search.query import Word
from apps.search.registry import Document
from apps.search.text import Term, title_term


def add(documents: Sequence[Document], streams: Sequence[str]) -> None:
    entries = [
        Entry(
            source=document.source,
            object_id=document.object_id,
            case_id=document.case_id,
            customer_id=document.customer_id,
            team_id=document.team_id,
            restricted=document.restricted,
            channel=document.channel,
            at=document.at,
        )
        for document in documents
    ]
    ids = [entry.pk for entry in Entry.objects.bulk_create(entries)]
    texts = list(zip(ids, streams, strict=True))
    terms = [(pk, " ".join(text.terms(stream))) for pk, stream in texts]
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO search_entrytext (entry_id, stream) VALUES (%s, %s)", texts)
        cursor.executemany("INSERT INTO search_terms (rowid, terms) VALUES (%s, %s)", terms)


def remove(entries: Sequence[tuple[int, list[str]]]) -> None:
    rows = [(pk, " ".join(words)) for pk, words in entries]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO search_terms (search_terms, rowid, terms) VALUES ('delete', %s, %s)",
            rows,
        )


def clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO search_terms (search_terms) VALUES ('delete-all')")


def narrow(
    entries: QuerySet[Entry], words: Sequence[Word], *, in_title: bool | None
) -> QuerySet[Entry]:
    query = _all(words, title=in_title is True)
    if in_title is False:
        query = f"({query}) NOT ({_all(words, title=True)})"
    # The plus sign lets the terms lead and each entry be looked up by its key.
    return entries.extra(
        tables=["search_terms"],
        where=["search_terms MATCH %s", "search_entry.id = +search_terms.rowid"],
        params=[query],
    )


def reading(*, by_words: bool) -> AbstractContextManager[object]:  # noqa: ARG001
    return nullcontext()


def bulk() -> AbstractContextManager[object]:
    return nullcontext()


def _all(words: Sequence[Word], *, title: bool) -> str:
    return " AND ".join(_quoted(term, title=title) for word in words for term in word.terms)


def _quoted(term: Term, *, title: bool) -> str:
    return f'"{title_term(term.text) if title else term.text}"{"*" if term.prefix else ""}'
