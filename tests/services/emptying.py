"""What follows a test that commits: every row of it is deleted.

``flush`` truncates all tables, most of which hold nothing, and makes types and permissions anew:
half a second on PostgreSQL for each of some hundred tests.
"""

from __future__ import annotations

from functools import lru_cache

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connections, transaction
from django.test import TransactionTestCase

from apps.search.domain import forget_orphans

KEPT = {model._meta.db_table for model in (ContentType, Permission)}  # as ``migrate`` leaves them


@lru_cache
def _tables(alias: str) -> tuple[str, ...]:
    looked = connections[alias].introspection
    names = looked.django_table_names(only_existing=True, include_views=False)
    return tuple(name for name in names if name not in KEPT)


def empty_database(alias: str) -> None:
    """Delete all rows but those that ``migrate`` makes; foreign keys are asked at the end."""
    connection = connections[alias]
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        for name in _tables(alias):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")
    forget_orphans()


def _fixture_teardown(case: TransactionTestCase) -> None:
    for alias in case._databases_names(include_mirrors=False):
        empty_database(alias)


def install() -> None:
    """Let Django's tests end in this way."""
    TransactionTestCase._fixture_teardown = _fixture_teardown
