"""Is the broker there?"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from celery import current_app
from django.conf import settings

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 2


def find_fault() -> str:
    """Return why messages cannot be handed to the broker, or nothing when they can."""
    if settings.CELERY_BROKER_URL.startswith("filesystem:"):
        folder = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"])
        return "" if os.access(folder, os.W_OK | os.X_OK) else f"{folder} cannot be written"
    try:
        with current_app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=CONNECT_SECONDS)
    except Exception as error:
        logger.debug("broker unreachable", exc_info=True)
        return str(error) or type(error).__name__
    return ""


def is_reachable() -> bool:
    """Return whether a task could be handed over now."""
    return not find_fault()
