"""The verbs of notifications: telling, reading, and how people want to be told."""

from datetime import datetime

from django.utils import timezone

from apps.notifications.domain.digests import send_digests
from apps.notifications.domain.pruning import prune
from apps.notifications.domain.reading import mark_all_read, mark_case_read, mark_read
from apps.notifications.domain.telling import TOPIC, News, notify
from apps.notifications.domain.wishes import (
    Mute,
    change_wish,
    follow_clock,
    mute,
    muted_by,
    wish_of,
)


def sweep(*, at: datetime | None = None) -> int:
    """Send the mails that are due and forget what is old; returns how many mails."""
    at = at or timezone.now()
    sent = send_digests(at=at)
    prune(at=at)
    return sent


__all__ = [
    "TOPIC",
    "Mute",
    "News",
    "change_wish",
    "follow_clock",
    "mark_all_read",
    "mark_case_read",
    "mark_read",
    "mute",
    "muted_by",
    "notify",
    "sweep",
    "wish_of",
]
