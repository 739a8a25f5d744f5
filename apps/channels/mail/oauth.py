"""Access tokens for XOAUTH2, from a refresh token (RFC 6749, section 6), for IMAP and SMTP.

A refresh token that the provider replaces is kept (``models.Grant``) under a digest of the
configured grant, so that whoever uses the same grant finds the newest.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.channels.driver import BadSetting
from apps.channels.mail.models import Grant
from apps.common.sentences import gettext as _

ANSWER_SECONDS = 20
MAX_ANSWER = 1 << 20
EARLY_SECONDS = 60
DEFAULT_LIFE = 300
LOOPBACK = {"localhost", "127.0.0.1", "::1"}

_tokens: dict[str, tuple[str, float]] = {}
_lock = threading.Lock()


class TokenError(Exception):
    """No access token can be had now; ``reason`` is a sentence that says what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class GrantRefused(TokenError):
    """The provider does not accept the refresh token any more."""


@dataclass(frozen=True, slots=True)
class OAuth:
    """Where an access token comes from; ``refresh_token`` is the configured one."""

    token_url: str
    client_id: str
    refresh_token: str = field(repr=False)
    client_secret: str = field(default="", repr=False)
    scope: str = ""


def read(options: Mapping[str, str], password: str) -> OAuth | None:
    """What an account's options and a server's password say; None when XOAUTH2 is not wanted.

    Raises BadSetting.
    """
    token_url = str(options.get("oauth_token_url", "")).strip()
    if not token_url:
        return None
    check_endpoint(token_url)
    if not options.get("oauth_client_id"):
        raise BadSetting("oauth_client_id", _("XOAUTH2 needs the client's id."))
    secret, _line_feed, refresh_token = password.rpartition("\n")
    return OAuth(
        token_url=token_url,
        client_id=str(options["oauth_client_id"]),
        refresh_token=refresh_token,
        client_secret=secret,
        scope=str(options.get("oauth_scope", "")),
    )


def check_endpoint(url: str) -> None:
    """Secrets travel encrypted, or not beyond this machine; else raises BadSetting."""
    try:
        parts = urllib.parse.urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if host and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)):
        return
    raise BadSetting("oauth_token_url", _("The token endpoint must begin with https://."))


def sasl_words(user: str, access_token: str) -> str:
    """What a client says with the mechanism XOAUTH2, before base64."""
    return f"user={user}\1auth=Bearer {access_token}\1\1"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A token request carries secrets: it goes to the configured place or nowhere."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def digest(oauth: OAuth) -> str:
    """Tell configurations apart without keeping what is secret in them."""
    parts = (oauth.token_url, oauth.client_id, oauth.refresh_token, oauth.scope)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def access_token(oauth: OAuth) -> str:
    """Return a token that is valid for a minute at least, asking for one when needed.

    Raises GrantRefused when the grant is not valid any more, and TokenError when the
    provider cannot be asked.
    """
    key = digest(oauth)
    with _lock:
        token, until = _tokens.get(key, ("", 0.0))
    if time.monotonic() < until:
        return token
    kept = Grant.objects.filter(source=key).first()
    newest = kept.refresh_token if kept else oauth.refresh_token
    answer = _ask(oauth, newest)
    token = str(answer.get("access_token") or "")
    if not token:
        raise TokenError(_("The token endpoint answered without an access token."))
    following = str(answer.get("refresh_token") or "")
    if following not in {"", newest}:
        Grant.objects.update_or_create(source=key, defaults={"refresh_token": following})
    life = str(answer.get("expires_in") or "")
    seconds = int(life) if life.isdecimal() else DEFAULT_LIFE
    with _lock:
        _tokens[key] = (token, time.monotonic() + seconds - EARLY_SECONDS)
    return token


def forget(oauth: OAuth) -> None:
    """Ask for a new access token next time: the server did not accept this one."""
    with _lock:
        _tokens.pop(digest(oauth), None)


def _ask(oauth: OAuth, refresh_token: str) -> dict[str, Any]:
    values = {
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
        "client_id": oauth.client_id,
        "client_secret": oauth.client_secret,
        "scope": oauth.scope,
    }
    body = urllib.parse.urlencode({name: value for name, value in values.items() if value})
    request = urllib.request.Request(oauth.token_url, body.encode())  # noqa: S310 - https, see settings
    request.add_header("Accept", "application/json")
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=ANSWER_SECONDS) as answer:
            found = json.loads(answer.read(MAX_ANSWER))
    except urllib.error.HTTPError as error:
        raise _refusal(error) from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        host = urllib.parse.urlsplit(oauth.token_url).hostname
        raise TokenError(
            _("The token endpoint %(host)s cannot be asked (%(error)s). Check token_url.")
            % {"host": host, "error": error}
        ) from error
    return found if isinstance(found, dict) else {}


def _refusal(error: urllib.error.HTTPError) -> TokenError:
    """What an error answer means: RFC 6749, section 5.2."""
    try:
        answer = json.loads(error.read(MAX_ANSWER))
        code = str(answer.get("error", error.code))
    except (OSError, ValueError, AttributeError, http.client.HTTPException):
        code = str(error.code)
    if error.code in {400, 401}:
        return GrantRefused(
            _("The mail provider refused the refresh token (%(code)s). Grant access again.")
            % {"code": code}
        )
    return TokenError(_("The token endpoint answered with an error (%(code)s).") % {"code": code})
