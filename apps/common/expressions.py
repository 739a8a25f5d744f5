"""Expressions that the databases' planners can read."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Value
from django.db.models.sql.compiler import SQLCompiler


class Literal(Value):
    """A word of ours that stands in the query's own text instead of beside it.

    SQLite uses a partial index only when the query's text proves its condition, which a
    parameter does not. Only identifiers are taken, so there is nothing to quote.
    """

    def __init__(self, value: str) -> None:
        if not value.isidentifier():
            raise ValueError(value)
        super().__init__(str(value), output_field=CharField())

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        return f"'{self.value}'", ()
