"""What differs between databases: where the terms lie, and how they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Protocol, cast

from django.db import connection
from django.db.models import QuerySet

from apps.search.models import Entry
from apps.search.query import Word
from apps.search.registry import Document


class Engine(Protocol):
    """The module of one database."""

    def add(self, documents: Sequence[Document], streams: Sequence[str]) -> None:
        """Insert entries for documents, with the streams of their texts and the terms in these."""
        ...

    def remove(self, entries: Sequence[tuple[int, list[str]]]) -> None:
        """Forget the terms of entries (id, terms) that are about to be deleted."""
        ...

    def clear(self) -> None:
        """Forget all terms, when no entry is left."""
        ...

    def narrow(
        self, entries: QuerySet[Entry], words: Sequence[Word], *, in_title: bool | None
    ) -> QuerySet[Entry]:
        """The entries in which all terms are.

        ``in_title``: True for all in the title, False for not all, None for either.
        """
        ...

    def reading(self, *, by_words: bool) -> AbstractContextManager[object]:
        """What a search runs inside; ``by_words`` when it has any and not filters alone."""
        ...

    def bulk(self) -> AbstractContextManager[object]:
        """What the filling of an empty index runs inside."""
        ...


def engine() -> Engine:
    """The engine of the database in use."""
    return cast("Engine", import_module(f"apps.search.engines.{connection.vendor}"))
