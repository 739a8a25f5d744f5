"""Forgetting what was read long ago."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from apps.notifications.models import Notification

KEPT = timedelta(days=90)
AT_ONCE = 1000


def prune(*, at: datetime) -> int:
    """Remove what was read 90 days ago, and what people who left will never read; bounded."""
    before = at - KEPT
    read = Notification.objects.filter(read_at__lt=before)
    keys = list(read.values_list("pk", flat=True)[:AT_ONCE])
    gone = Notification.objects.filter(Q(recipient__is_active=False), at__lt=before)
    keys += gone.values_list("pk", flat=True)[: AT_ONCE - len(keys)]
    removed, _by_model = Notification.objects.filter(pk__in=keys).delete()
    return removed
