"""Queries that are the same for a person on every request, compiled once and run often.

Composing a query of many parts costs more than running it. What it compiles to depends
only on who asks and for what, so the text is kept under a key that holds all of that.

PostgreSQL keeps the plan as well: planning a query of forty parts costs more than running it,
too. Its driver names a text that a connection has seen twice (``PREPARE``) and sends only the
name and the parameters from then on.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from threading import Lock
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.fetch_modes import FETCH_ONE
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler

KEPT = 2000

type Places = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A query's text and parameters; its compiler knows what the columns are."""

    sql: str
    params: tuple[Any, ...]
    compiler: SQLCompiler

    def placed(self, places: Places | None) -> tuple[Any, ...]:
        if not places:
            return self.params
        return tuple(
            # PostgreSQL's adapter gives integers a type of their own
            type(one)(places[one]) if isinstance(one, int) and one in places else one
            for one in self.params
        )


_compiled: OrderedDict[Hashable, _Compiled | None] = OrderedDict()
_lock = Lock()


def fetch(
    key: Hashable, compose: Callable[[], QuerySet[Any]], *, places: Places | None = None
) -> list[tuple[Any, ...]]:
    """The rows of a query over integer columns; ``key`` must name all that it depends on.

    ``places`` are numbers that stand in the query for others: the numbers of an object that
    differs from one run to the next, and so must not be part of the key.
    """
    compiled = _kept(key, compose)
    if compiled is None:
        return []
    with _bound_by_server(), connection.cursor() as cursor:
        cursor.execute(compiled.sql, compiled.placed(places))
        return list(cursor.fetchall())


def load[M: Model](
    key: Hashable, compose: Callable[[], QuerySet[M]], *, places: Places | None = None
) -> list[M]:
    """The objects of a query, with what it selects beside them; prefetches are not made.

    Key and places as for ``fetch``.
    """
    compiled = _kept(key, compose)
    if compiled is None:
        return []
    text = compiled.sql, compiled.placed(places)
    compiler: Any = copy(compiled.compiler)
    compiler.connection = connection
    compiler.as_sql = lambda *_args, **_options: text
    # all that the iterable asks of a queryset
    stands_for_it = SimpleNamespace(
        db=connection.alias,
        query=SimpleNamespace(get_compiler=lambda using: compiler),  # noqa: ARG005 - by name
        _fetch_mode=FETCH_ONE,
        _known_related_objects={},
    )
    rows: Any = ModelIterable(stands_for_it)  # type: ignore[arg-type]
    with _bound_by_server():
        return list(rows)


def slots(keys: Sequence[int]) -> Places:
    """Places for a condition ``pk__in=slots(keys)``: few lengths, so that few texts serve all.

    There is at least one key; the last one fills what is left.
    """
    size = 1 << (len(keys) - 1).bit_length()
    return {-n - 1: keys[min(n, len(keys) - 1)] for n in range(size)}


@contextmanager
def _bound_by_server() -> Iterator[None]:
    """Let cursors send parameters beside the text, as a prepared statement needs them.

    Django's own write them into the text, because not every query can do without their types;
    these queries can, since each of their parameters is compared with a column.
    """
    if connection.vendor != "postgresql":
        yield
        return
    from django.db.backends.postgresql.base import ServerBindingCursor  # needs the driver

    connection.ensure_connection()
    driver: Any = connection.connection
    usual, driver.cursor_factory = driver.cursor_factory, ServerBindingCursor
    try:
        yield
    finally:
        driver.cursor_factory = usual


def _kept(key: Hashable, compose: Callable[[], QuerySet[Any]]) -> _Compiled | None:
    key = (connection.alias, connection.vendor, key)
    try:
        return _compiled[key]
    except KeyError:
        compiled = _compile(compose())
    with _lock:
        _compiled[key] = compiled
        while len(_compiled) > KEPT:
            _compiled.popitem(last=False)
    return compiled


def _compile(queryset: QuerySet[Any]) -> _Compiled | None:
    compiler = queryset.query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    return _Compiled(sql, tuple(params), compiler)
