"""Knowing that the outbox grew: NOTIFY on PostgreSQL, the data version on SQLite.

The table is the truth. A wake that gets lost costs ``LONGEST`` seconds, nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from django.db import connection, connections

from apps.live.domain.announcing import CHANNEL

LONGEST = 2.0
LOOK_SECONDS = 0.1

type Wake = Callable[[], Awaitable[None]]
type InThread = Callable[[Callable[[], Any]], Awaitable[Any]]


def wakes(in_thread: InThread) -> contextlib.AbstractAsyncContextManager[Wake]:
    """Give a function that returns once the outbox may have grown."""
    vendor = connections["default"].vendor
    return _postgresql() if vendor == "postgresql" else _sqlite(in_thread)


@contextlib.asynccontextmanager
async def _postgresql() -> AsyncIterator[Wake]:
    import psycopg

    listening = await psycopg.AsyncConnection.connect(**_parameters(), autocommit=True)
    try:
        await listening.execute(f"LISTEN {CHANNEL}")

        async def wake() -> None:
            # Those that arrive while one batch is read are one more wake together.
            async for _notice in listening.notifies(timeout=LONGEST, stop_after=1):
                pass

        yield wake
    finally:
        await listening.close()


def _parameters() -> dict[str, Any]:
    """The database's address as libpq takes it."""
    settings = connections["default"].settings_dict
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST"}
    names["port"] = "PORT"
    own = {"pool", "isolation_level", "server_side_binding", "assume_role"}
    options = {key: value for key, value in settings["OPTIONS"].items() if key not in own}
    return options | {name: settings[key] for name, key in names.items() if settings[key]}


@contextlib.asynccontextmanager
async def _sqlite(in_thread: InThread) -> AsyncIterator[Wake]:
    seen = await in_thread(_data_version)

    async def wake() -> None:
        nonlocal seen
        until = asyncio.get_running_loop().time() + LONGEST
        while asyncio.get_running_loop().time() < until:
            await asyncio.sleep(LOOK_SECONDS)
            version = await in_thread(_data_version)
            if version != seen:
                seen = version
                return

    yield wake


def _data_version() -> int:
    """Changes when another connection commits; the hub's own thread asks on its one connection."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        version: int = cursor.fetchone()[0]
        return version
