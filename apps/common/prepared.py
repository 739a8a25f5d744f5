"""Queries that are the same for a person on every request, compiled once and run often.

Composing a query of many parts costs more than running it. What it compiles to depends
only on who asks and for what, so the text is kept under a key that holds all of that.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from threading import Lock
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

KEPT = 2000

type Compiled = tuple[str, tuple[Any, ...]] | None

_compiled: OrderedDict[Hashable, Compiled] = OrderedDict()
_lock = Lock()


def fetch(
    key: Hashable, compose: Callable[[], QuerySet[Any]], *, places: Mapping[int, int] | None = None
) -> list[tuple[Any, ...]]:
    """The rows of a query over integer columns; ``key`` must name all that it depends on.

    ``places`` are numbers that stand in the query for others: the numbers of an object that
    differs from one run to the next, and so must not be part of the key.
    """
    key = (connection.alias, connection.vendor, key)
    if key in _compiled:
        compiled = _compiled[key]
    else:
        compiled = _compile(compose())
        with _lock:
            _compiled[key] = compiled
            while len(_compiled) > KEPT:
                _compiled.popitem(last=False)
    if compiled is None:
        return []
    sql, params = compiled
    if places:
        params = tuple(places.get(one, one) if type(one) is int else one for one in params)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _compile(queryset: QuerySet[Any]) -> Compiled:
    try:
        sql, params = queryset.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return None
    return sql, tuple(params)
