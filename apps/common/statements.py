"""SQL statements are not kept.

With DEBUG, Django keeps the last 9,000 statements of every connection with their values until
a request ends. What runs for days, or takes in whole mails, has no such end.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper


def keep_none(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Receive ``connection_created``: nothing is written down, not even put together."""
    if settings.DEBUG:
        connection.queries_log = deque(maxlen=0)
        connection.make_debug_cursor = connection.make_cursor  # type: ignore[method-assign,assignment]
