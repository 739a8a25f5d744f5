"""Where somebody is logged in; the rows are django-allauth's."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from apps.accounts.models import User


def list_sessions(user: User) -> list[UserSession]:
    """Sessions that still open something, the one seen last first; forgets the others.

    Two queries, and one more when there is something to forget.
    """
    rows = list(UserSession.objects.filter(user=user).order_by("-last_seen_at", "-pk"))
    keys = [one.session_key for one in rows]
    stored = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    alive = {one.session_key for one in stored if _opens(one, user)}
    if dead := [one.pk for one in rows if one.session_key not in alive]:
        UserSession.objects.filter(pk__in=dead).delete()
    return [one for one in rows if one.session_key in alive]


def _opens(session: Session, user: User) -> bool:
    """Whether a stored session still lets this person in: not after a new password."""
    data = session.get_decoded()
    mark = str(data.get(HASH_SESSION_KEY, ""))
    return data.get(SESSION_KEY) == str(user.pk) and constant_time_compare(
        mark, user.get_session_auth_hash()
    )


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
    return len(list_sessions(user))
