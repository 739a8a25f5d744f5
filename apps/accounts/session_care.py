"""What is remembered of a session beside who it is: when it was seen, and what it still owes.

Both stand in the session itself, which every request reads anyway: a request costs a query
more once in five minutes only.
"""

from __future__ import annotations

import time
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest

from apps.accounts.domain import presence, second_factor, sessions
from apps.accounts.enums import Presence
from apps.accounts.models import User

SEEN, OWES = "seen_at", "owes_second_factor"
EVERY_SECONDS = 300


def look_after(request: HttpRequest, user: User) -> None:
    """Every five minutes, write down that the session is in use and ask the rules anew."""
    if time.time() - request.session.get(SEEN, 0) >= EVERY_SECONDS:
        _look_closely(request, user)


def owes_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether a missing second factor stands in the way; asked anew as long as it does."""
    if not request.session.get(OWES):
        return False
    request.session[OWES] = second_factor.is_due(user)
    return bool(request.session[OWES])


def begin(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """Somebody logged in (Django's signal): who was away is there again."""
    _look_closely(request, user)
    if presence.presence_at(user) == Presence.AWAY:
        presence.set_presence(user=user, presence=Presence.AVAILABLE)


def end(request: HttpRequest, user: User | None, **_kwargs: Any) -> None:
    """Somebody logged out (Django's signal): with the last browser, they are away."""
    if user is None:
        return
    key = request.session.session_key or ""
    if not sessions.forget(user=user, key=key):
        presence.set_presence(user=user, presence=Presence.AWAY)


def password_was_reset(user: User, **_kwargs: Any) -> None:
    """A password was set by a link: whoever was logged in with the old one is out."""
    sessions.end_sessions(user=user)


def _look_closely(request: HttpRequest, user: User) -> None:
    session = request.session
    session[SEEN] = int(time.time())
    session[OWES] = second_factor.is_due(user)
    ip = get_client_ip(request)
    if ip and session.session_key:
        agent = request.headers.get("User-Agent", "")
        sessions.note_seen(user=user, key=session.session_key, ip=ip, agent=agent)
