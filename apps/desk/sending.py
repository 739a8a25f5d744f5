"""When an answer leaves: ten seconds later, so that it can be taken back, or at a chosen time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from apps.customers.models import Identity

UNDO = timedelta(seconds=10)


def undo_until(later: datetime | None = None) -> datetime:
    """The end of the undo window, or the chosen time where that is later (UTC)."""
    soon = timezone.now() + UNDO
    return max(later, soon) if later else soon


def as_written(until: datetime | None) -> str:
    """A chosen time as its field shows it, in the reader's zone; "" within the undo window."""
    if until is None or until <= timezone.now() + UNDO:
        return ""
    return f"{timezone.localtime(until):%Y-%m-%dT%H:%M}"


def undeliverable(addresses: Iterable[str]) -> list[str]:
    """Those of these email addresses from which something came back for good."""
    bad = Identity.objects.filter(kind="email", value__in=list(addresses), bad_since__isnull=False)
    return list(bad.values_list("value", flat=True))
