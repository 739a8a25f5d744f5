"""Calendar subscriptions: making, finding and revoking a person's own address."""

from __future__ import annotations

import secrets

from django.core.signing import BadSignature, Signer
from django.db import transaction

from apps.accounts.models import User
from apps.promises.models import CalendarFeed

SALT = "promises.calendar"


@transaction.atomic
def start_feed(*, user: User) -> str:
    """Give a person a new address and return its token; an address they had is over."""
    key = secrets.token_urlsafe(32)
    CalendarFeed.objects.update_or_create(user=user, defaults={"key": key})
    return token_of(key)


@transaction.atomic
def stop_feed(*, user: User) -> None:
    """Revoke a person's address, if they have one."""
    CalendarFeed.objects.filter(user=user).delete()


def token_of(key: str) -> str:
    """What stands in the address: the key with our signature."""
    return _signer().sign(key)


def reader_of(token: str) -> User | None:
    """Whose address this is; None for one that is forged, revoked, or of somebody who left."""
    try:
        key = _signer().unsign(token)
    except BadSignature:
        return None
    feed = CalendarFeed.objects.filter(key=key, user__is_active=True).select_related("user").first()
    return feed.user if feed else None


def _signer() -> Signer:
    return Signer(salt=SALT, sep=".")
