"""A mark in a browser in which somebody has logged in, so that guesses elsewhere do not count.

Whoever guesses a password from many machines uses up what strangers' browsers may try for that
name; the person's own browser is counted by itself.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "browser"
AGE = timedelta(days=365)
_signer = signing.Signer(salt="apps.accounts.known_browsers")


def remember(response: HttpResponse, request: HttpRequest, name: str) -> None:
    """Mark the browser as one of this log-in name's, unless it is marked already."""
    if recognise(request, name):
        return
    response.set_cookie(
        COOKIE,
        _signer.sign_object({"name": name.lower(), "id": secrets.token_hex(8)}),
        max_age=AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def recognise(request: HttpRequest, name: str) -> str:
    """The browser's own id if it is known to this name; else nothing."""
    try:
        mark = _signer.unsign_object(request.COOKIES.get(COOKIE, ""))
    except signing.BadSignature:
        return ""
    return str(mark["id"]) if mark["name"] == name.lower() else ""
