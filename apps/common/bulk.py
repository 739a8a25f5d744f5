"""Writing many rows at once, as ``bulk_create`` and ``bulk_update`` do, but plain values only.

Those compile an expression for each value, which costs more than all else that intake does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Any

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.fields import Field

MAX_PARAMETERS = 30_000  # SQLite takes 32,766


def update_rows(rows: Sequence[models.Model], names: Iterable[str]) -> None:
    """Write the named fields of rows that exist, as they stand on the objects."""
    if not rows:
        return
    meta = type(rows[0])._meta  # noqa: SLF001 - Django's public name for it
    by_name = {field.name: field for field in meta.concrete_fields}
    fields = [by_name[name] for name in names]
    sets = ", ".join(f"{_quote(field.column)} = %s" for field in fields)
    sql = f"UPDATE {_quote(meta.db_table)} SET {sets} WHERE {_quote(meta.pk.column)} = %s"  # noqa: S608 - names of our own models
    connection = connections[router.db_for_write(type(rows[0]))]
    with connection.cursor() as cursor:
        cursor.executemany(sql, _values(rows, [*fields, meta.pk], connection))


def insert_rows[Row: models.Model](rows: Sequence[Row]) -> list[Row]:
    """Insert rows and let them know their keys. No signal is sent; returns the rows."""
    if not rows:
        return []
    meta = type(rows[0])._meta  # noqa: SLF001
    fields = [one for one in meta.concrete_fields if not isinstance(one, models.AutoField)]
    columns = ", ".join(_quote(field.column) for field in fields)
    marks = f"({', '.join(['%s'] * len(fields))})"
    head = f"INSERT INTO {_quote(meta.db_table)} ({columns}) VALUES "  # noqa: S608
    tail = f" RETURNING {_quote(meta.pk.column)}"
    connection = connections[router.db_for_write(type(rows[0]))]
    with connection.cursor() as cursor:
        for batch in batched(rows, MAX_PARAMETERS // len(fields)):
            values = [value for row in _values(batch, fields, connection) for value in row]
            cursor.execute(head + ", ".join([marks] * len(batch)) + tail, values)
            for row, (key,) in zip(batch, cursor.fetchall(), strict=True):
                row.pk = key
                row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001
    return list(rows)


def _values(
    rows: Sequence[models.Model], fields: Sequence[Field[Any, Any]], connection: BaseDatabaseWrapper
) -> list[list[Any]]:
    """What each row holds, as the database takes it; related rows stored meanwhile count."""
    for field in fields:
        if isinstance(field, models.ForeignKey):
            for row in rows:
                if getattr(row, field.attname) is None and field.is_cached(row):
                    setattr(row, field.name, field.get_cached_value(row))
    return [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
        for row in rows
    ]


def _quote(name: str | None) -> str:
    return f'"{name}"'
