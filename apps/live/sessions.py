"""Whose session a stream belongs to, and when it has to be looked at again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.sessions.models import Session
from django.http import HttpRequest, parse_cookie
from django.utils import timezone

from apps.accounts import session_care
from apps.accounts.models import User
from apps.accounts.rules import works_here
from apps.live.domain.announcing import announce

TOPIC = "session"
TELLING = {"password", "is_active"}


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody who may listen, until the session ends by itself."""

    user_id: int
    expires_at: datetime


def find_listener(cookies: str) -> Listener | None:
    """The person whose session this cookie header names, if they may work here now."""
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request)
    if not works_here(user) or request.session.get(session_care.OWES):
        return None
    return Listener(user.pk, request.session.get_expiry_date())


def nobody(_object_ids: Collection[int], _user_ids: Collection[int]) -> Mapping[int, list[int]]:
    """Events of sessions are for the hubs themselves: they look at the person's streams again."""
    return {}


def session_ended(instance: Session, **_: Any) -> None:
    """Somebody logged out, here or elsewhere, or changed their password."""
    user_id = instance.get_decoded().get(SESSION_KEY)
    if user_id and instance.expire_date > timezone.now():
        announce(TOPIC, int(user_id))


def user_changed(
    instance: User, *, created: bool, update_fields: Collection[str] | None = None, **_: Any
) -> None:
    """Somebody may no longer work here."""
    if not created and (update_fields is None or TELLING & set(update_fields)):
        announce(TOPIC, instance.pk)
