"""PostgreSQL: a tsvector without positions in the entry's own row, under a GIN index.

The tsvector is kept out of line (``toast_tuple_target``), so that counting thousands of
hits reads slim rows; the bitmap of the index alone decides, nothing is checked again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter

from django.db import connection, transaction
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from apps.search import text
from apps.search.models import Entry
from apps.search.query import Word
from apps.search.registry import Document
from apps.search.text import Term, title_term

INDEX = "search_entry_words"
COLUMNS = (
    "source",
    "object_id",
    "case_id",
    "customer_id",
    "team_id",
    "restricted",
    "channel",
    "at",
)
VALUES = attrgetter(*COLUMNS)
NUMBERS = "SELECT nextval('search_entry_id_seq') FROM generate_series(1, %s)"
COPY_ENTRIES = f"COPY search_entry (id, {', '.join(COLUMNS)}, words) FROM STDIN"
COPY_TEXTS = "COPY search_entrytext (entry_id, stream) FROM STDIN"
WORTH_COPYING = 100
ADD = """
WITH given AS (
    SELECT * FROM unnest(
        %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bool[],
        %s::text[], %s::timestamptz[], %s::text[], %s::text[]
    ) WITH ORDINALITY AS given (
        source, object_id, case_id, customer_id, team_id, restricted, channel, at, stream, terms, n
    )
), numbered AS (
    SELECT nextval('search_entry_id_seq') AS id, * FROM given
), entries AS (
    INSERT INTO search_entry (
        id, source, object_id, case_id, customer_id, team_id, restricted, channel, at, words
    )
    SELECT id, source, object_id, case_id, customer_id, team_id, restricted, channel, at,
        terms::tsvector
    FROM numbered ORDER BY n
)
INSERT INTO search_entrytext (entry_id, stream) SELECT id, stream FROM numbered
"""


def add(documents: Sequence[Document], streams: Sequence[str]) -> None:
    rows = [VALUES(document) for document in documents]
    terms = [" ".join(text.terms(stream)) for stream in streams]
    with connection.cursor() as cursor:
        if len(rows) < WORTH_COPYING:
            columns = map(list, zip(*rows, strict=True))
            cursor.execute(ADD, [*columns, list(streams), terms])
            return
        cursor.execute(NUMBERS, [len(rows)])
        ids = [pk for (pk,) in cursor.fetchall()]
        with cursor.copy(COPY_ENTRIES) as copy:
            for pk, row, words in zip(ids, rows, terms, strict=True):
                copy.write_row((pk, *row, words))
        with cursor.copy(COPY_TEXTS) as copy:
            for pk, stream in zip(ids, streams, strict=True):
                copy.write_row((pk, stream))


def remove(entries: Sequence[tuple[int, list[str]]]) -> None:
    """Nothing to do: terms go with their row."""


def clear() -> None:
    """Nothing to do: terms go with their row."""


def narrow(
    entries: QuerySet[Entry], words: Sequence[Word], *, in_title: bool | None
) -> QuerySet[Entry]:
    query = _all(words, title=in_title is True)
    if in_title is False:
        query = f"{query} & !({_all(words, title=True)})"
    words_match = RawSQL("search_entry.words @@ %s::tsquery", [query], output_field=BooleanField())
    return entries.filter(words_match)


@contextmanager
def reading(*, by_words: bool) -> Iterator[None]:
    """Let the index of the words decide: the planner does not know how heavy a tsvector is.

    Else it reads every row in turn, or every row from the newest, and unpacks each one.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if by_words:
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off;"
                " SET LOCAL jit = off"
            )
        yield


@contextmanager
def bulk() -> Iterator[None]:
    """Build the index once at the end instead of a document at a time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [INDEX])
        (definition,) = cursor.fetchone()
        cursor.execute(f"DROP INDEX {INDEX}")
        yield
        cursor.execute(definition)


def _all(words: Sequence[Word], *, title: bool) -> str:
    return " & ".join(_quoted(term, title=title) for word in words for term in word.terms)


def _quoted(term: Term, *, title: bool) -> str:
    return f"'{title_term(term.text) if title else term.text}'{':*' if term.prefix else ''}"
