"""Where somebody is logged in; the rows are django-allauth's."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User


def list_sessions(user: User) -> list[UserSession]:
    """Sessions that still open something, the one seen last first; forgets the others."""
    alive: list[UserSession] = UserSession.objects.purge_and_list(user)
    return sorted(alive, key=lambda one: one.last_seen_at, reverse=True)


@transaction.atomic
def end_session(*, user: User, session_id: int) -> None:
    """Log one of the person's own browsers out; raises UserSession.DoesNotExist."""
    UserSession.objects.select_for_update().get(pk=session_id, user=user).end()


@transaction.atomic
def end_sessions(*, user: User, keep: str = "") -> int:
    """Log every browser of a person out but the one with this session key; returns how many."""
    others = list(UserSession.objects.filter(user=user).exclude(session_key=keep))
    for one in others:
        one.end()
    return len(others)


def note_seen(*, user: User, key: str, ip: str, agent: str, at: datetime | None = None) -> None:
    """Write down that a session is in use, and from where."""
    seen = {"user": user, "ip": ip, "user_agent": agent[:200], "last_seen_at": at or timezone.now()}
    UserSession.objects.update_or_create(session_key=key, defaults=seen)


def forget(*, user: User, key: str) -> int:
    """Drop the row of a session that ends by itself; returns how many others still live."""
    UserSession.objects.filter(user=user, session_key=key).delete()
    return len(UserSession.objects.purge_and_list(user))
