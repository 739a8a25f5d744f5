"""Noting that people have read what they were told."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.live.domain import announce
from apps.notifications.domain.telling import TOPIC
from apps.notifications.models import Notification, NotificationQuerySet


@transaction.atomic
def mark_read(*, user: User, notification_id: int) -> Notification:
    """Note that one line was read; twice changes nothing. Raises Notification.DoesNotExist."""
    found = Notification.objects.visible_to(user).get(pk=notification_id)
    _mark(Notification.objects.filter(pk=found.pk))
    found.refresh_from_db()
    return found


@transaction.atomic
def mark_case_read(*, user: User, case_id: int) -> int:
    """Note that somebody has the case in front of them; returns how many lines that reads."""
    return _mark(Notification.objects.filter(recipient=user, case=case_id))


@transaction.atomic
def mark_all_read(*, user: User, until: datetime | None = None) -> int:
    """Note that everything was read, or all up to a moment; returns how many lines that is."""
    lines = Notification.objects.visible_to(user)
    return _mark(lines if until is None else lines.filter(at__lte=until))


def _mark(lines: NotificationQuerySet) -> int:
    """Lock in the order in which telling does; one of them is told on for all."""
    unread = lines.unread().select_for_update(of=("self",)).order_by("case_id", "kind")
    keys = list(unread.values_list("pk", flat=True))
    if keys:
        Notification.objects.filter(pk__in=keys).update(read_at=timezone.now())
        announce(TOPIC, keys[-1])
    return len(keys)
