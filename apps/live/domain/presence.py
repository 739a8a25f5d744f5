"""Who looks at an object just now: a soft warning, never a lock.

``topic`` is the owner's own for this (``presence`` of cases), registered like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from apps.accounts.models import User
from apps.live.domain.announcing import announce
from apps.live.models import Presence

# A page says that it is still open every 20 s; two of those may get lost.
LASTS = timedelta(seconds=50)


@transaction.atomic
def arrive(*, topic: str, object_id: int, user: User, typing: bool, at: datetime) -> None:
    """Note that somebody looks at an object; the others hear of it only when that is news."""
    found = Presence.objects.select_for_update().of(topic, object_id).filter(user=user).first()
    values = {"typing": typing, "until": at + LASTS}
    if found is None:
        Presence.objects.update_or_create(
            topic=topic, object_id=object_id, user=user, defaults=values
        )
    else:
        Presence.objects.filter(pk=found.pk).update(**values)
    if found is None or found.until <= at or found.typing != typing:
        announce(topic, object_id)


@transaction.atomic
def leave(*, topic: str, object_id: int, user: User) -> None:
    """Note that somebody closed the page; one tab of several comes back with its next sign."""
    gone, _by_model = Presence.objects.of(topic, object_id).filter(user=user).delete()
    if gone:
        announce(topic, object_id)


def is_here(*, topic: str, object_id: int, user: User, at: datetime) -> bool:
    """Whether a person has an object in front of them, in whatever tab."""
    here = Presence.objects.of(topic, object_id)
    return here.filter(user=user, until__gt=at).exists()


def others(*, topic: str, object_id: int, user: User, at: datetime) -> Iterable[Presence]:
    """Who else is here, whoever writes first."""
    here = Presence.objects.of(topic, object_id).filter(until__gt=at).exclude(user=user)
    return here.filter(user__is_active=True).select_related("user").order_by("-typing", "pk")
