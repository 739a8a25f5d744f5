"""Forgetting what no browser can ask for any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from apps.live.models import Event, Presence

KEPT = timedelta(hours=1)
AT_ONCE = timedelta(minutes=10)


def prune(*, at: datetime) -> int:
    """Remove old events and presences; a call that finds little to remove removes nothing."""
    oldest = Event.objects.order_by("pk").values_list("at", flat=True).first()
    if oldest is None or oldest > at - KEPT - AT_ONCE:
        return 0
    Presence.objects.filter(until__lt=at).delete()
    removed, _by_model = Event.objects.filter(at__lt=at - KEPT).delete()
    return removed
