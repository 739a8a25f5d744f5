"""Making and recognising tokens."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from apps.api.models import ApiToken

if TYPE_CHECKING:
    from apps.accounts.models import User

USE_IS_NOTED_EVERY = timedelta(minutes=1)


def issue_token(*, user: User) -> str:
    """Make a token that may do what ``user`` may, and return it; it cannot be read again."""
    token = secrets.token_urlsafe(32)
    ApiToken.objects.create(user=user, digest=_digest(token), hint=token[-4:])
    return token


def find_token(token: str, *, at: datetime | None = None) -> ApiToken | None:
    """Return the active token of an active user, and note its use at most once a minute."""
    found = (
        ApiToken.objects.select_related("user")
        .filter(digest=_digest(token), is_active=True, user__is_active=True)
        .first()
    )
    if found:
        _note_use(found, at or timezone.now())
    return found


def _note_use(token: ApiToken, at: datetime) -> None:
    stale = at - USE_IS_NOTED_EVERY
    if token.last_used_at is None or token.last_used_at <= stale:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=stale)
        ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=at)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
