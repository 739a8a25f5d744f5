"""Forgetting what was read long ago."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from apps.notifications.enums import Place
from apps.notifications.models import Muting, Notification

KEPT = timedelta(days=90)
AT_ONCE = 1000


def prune(*, at: datetime) -> int:
    """Remove what was read 90 days ago, what people who left will never read, and what stands
    on nobody's page because they want no line of that kind; bounded.
    """
    before = at - KEPT
    read = Notification.objects.filter(read_at__lt=before)
    keys = list(read.values_list("pk", flat=True)[:AT_ONCE])
    muted = Muting.objects.filter(user=OuterRef("recipient_id"), kind=OuterRef("kind"))
    unseen = Q(recipient__is_active=False) | Exists(muted.filter(place=Place.PAGE))
    gone = Notification.objects.unread().filter(unseen, at__lt=before)
    keys += gone.values_list("pk", flat=True)[: AT_ONCE - len(keys)]
    removed, _by_model = Notification.objects.filter(pk__in=keys).delete()
    return removed
