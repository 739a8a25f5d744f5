"""Keeping the index true, inside the transaction of whatever changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from itertools import batched

from django.db import connection, transaction
from django.db.models import Q

from apps.search import registry, text
from apps.search.engines import engine
from apps.search.models import Entry, EntryText
from apps.search.registry import Document

CHUNK = 500

_collected: ContextVar[list[Document] | None] = ContextVar("collected", default=None)


def put(documents: Iterable[Document], *, new: bool = False) -> None:
    """Index documents in the caller's transaction, in place of what stood there for them.

    ``new`` promises that none of them was indexed before; inside ``collecting`` such
    documents wait for its end.
    """
    waiting = _collected.get()
    if waiting is not None and new:
        waiting.extend(documents)
        return
    with transaction.atomic(savepoint=False):
        for chunk in batched(documents, CHUNK):
            if not new:
                for source in {document.source for document in chunk}:
                    remove(source, [d.object_id for d in chunk if d.source == source])
            _add(chunk)


@contextmanager
def collecting() -> Iterator[None]:
    """Write the new documents of many changes at once, when the block ends without an error.

    The block and its changes stand in one transaction of the caller's.
    """
    waiting: list[Document] = []
    token = _collected.set(waiting)
    try:
        yield
    finally:
        _collected.reset(token)
    put(waiting, new=True)


@contextmanager
def filling(number: int) -> Iterator[None]:
    """Add about so many new documents; a large share is indexed at once at the end.

    Then it is one transaction, and other writers wait for it.
    """
    large = number > Entry.objects.count()
    with engine().bulk() if large else nullcontext():
        yield


def remove(source: str, object_ids: Iterable[int]) -> None:
    """Forget documents; ids that were never indexed do not matter."""
    with transaction.atomic(savepoint=False):
        for ids in batched(object_ids, CHUNK):
            texts = EntryText.objects.filter(entry__source=source, entry__object_id__in=ids)
            known = list(texts.values_list("entry_id", "stream"))
            if known:
                _forget(known)


def move_case(case_id: int, *, team_id: int | None, restricted: bool) -> None:
    """Let the rights of everything in a case follow the case."""
    same_team = Q(team_id__isnull=True) if team_id is None else Q(team_id=team_id)
    entries = Entry.objects.filter(case_id=case_id)
    stale = entries.exclude(same_team & Q(restricted=restricted))
    stale.update(team_id=team_id, restricted=restricted)


def give_cases(case_ids: Iterable[int], *, customer_id: int) -> None:
    """Let everything in these cases belong to this customer."""
    for ids in batched(case_ids, CHUNK):
        Entry.objects.filter(case_id__in=ids).update(customer_id=customer_id)


@transaction.atomic
def rebuild() -> int:
    """Make the index anew from every source; returns the number of documents."""
    EntryText.objects.all().delete()
    Entry.objects.all().delete()
    engine().clear()
    with engine().bulk():
        return sum(
            _add(chunk)
            for source in registry.sources().values()
            for chunk in batched(source.all_documents(), CHUNK)
        )


def forget_orphans(**_kwargs: object) -> None:
    """After the tables were emptied from outside (``flush``), forget the terms as well."""
    made = "search_entry" in connection.introspection.table_names()
    if made and not Entry.objects.exists():
        engine().clear()


def _add(documents: Sequence[Document]) -> int:
    if documents:
        streams = [text.stream(document.title, document.body) for document in documents]
        engine().add(documents, streams)
    return len(documents)


def _forget(known: Sequence[tuple[int, str]]) -> None:
    engine().remove([(pk, text.terms(stream)) for pk, stream in known])
    entries = [pk for pk, _stream in known]
    EntryText.objects.filter(pk__in=entries).delete()
    Entry.objects.filter(pk__in=entries).delete()
