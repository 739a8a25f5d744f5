"""Writing many rows at once: COPY on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, models


class Table:
    """Rows of one model, collected and written together; keys come from ``next_id``.

    ``names`` are the fields that rows give; every other field has its default.
    """

    def __init__(self, model: type[models.Model], *names: str) -> None:
        meta = model._meta  # noqa: SLF001 - Django's public name for it
        given = [field for name in names for field in meta.concrete_fields if field.name == name]
        rest = [field for field in meta.concrete_fields if not (field.null or field in given)]
        fields = given + rest
        self._defaults = tuple(
            field.get_db_prep_save(field.get_default(), connection) for field in rest
        )
        self._table = meta.db_table
        self._columns = ", ".join(f'"{field.column}"' for field in fields)
        self._marks = ", ".join(["%s"] * len(fields))
        self._times = [i for i, f in enumerate(given) if isinstance(f, models.DateTimeField)]
        self._rows: list[tuple[Any, ...]] = []
        self._last = model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0  # noqa: SLF001

    def next_id(self) -> int:
        self._last += 1
        return self._last

    def add(self, *values: Any) -> None:
        self._rows.append(values + self._defaults)

    def write(self) -> None:
        """Write what was collected."""
        rows, self._rows = self._rows, []
        if not rows:
            return
        if connection.vendor == "postgresql":
            self._copy(rows)
        else:
            self._insert(rows)

    def _copy(self, rows: Iterable[tuple[Any, ...]]) -> None:
        with connection.cursor() as cursor:
            with cursor.copy(f"COPY {self._table} ({self._columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [self._table, self._last]
            )

    def _insert(self, rows: Iterable[tuple[Any, ...]]) -> None:
        adapt = connection.ops.adapt_datetimefield_value
        changed = []
        for row in rows:
            values = list(row)
            for i in self._times:
                values[i] = adapt(values[i]) if values[i] is not None else None
            changed.append(values)
        sql = f"INSERT INTO {self._table} ({self._columns}) VALUES ({self._marks})"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.executemany(sql, changed)
