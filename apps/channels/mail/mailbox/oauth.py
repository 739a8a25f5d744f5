"""Access tokens for XOAUTH2, from a refresh token (RFC 6749, section 6)."""

from __future__ import annotations

import hashlib
import http.client
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

from apps.channels.mail.mailbox.errors import LogInRefused, MailboxError
from apps.channels.mail.mailbox.settings import OAuth
from apps.common.sentences import gettext as _

ANSWER_SECONDS = 20
MAX_ANSWER = 1 << 20
EARLY_SECONDS = 60
DEFAULT_LIFE = 300

_tokens: dict[str, tuple[str, float]] = {}
_lock = threading.Lock()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A token request carries secrets: it goes to the configured place or nowhere."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def digest(oauth: OAuth) -> str:
    """Tell configurations apart without keeping what is secret in them."""
    parts = (oauth.token_url, oauth.client_id, oauth.refresh_token, oauth.scope)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def access_token(oauth: OAuth, *, refresh_token: str, keep: Callable[[str], None]) -> str:
    """Return a token that is valid for a minute at least, asking for one when needed.

    ``refresh_token`` is the newest known; ``keep`` is called with the next one when the
    provider hands one out. Raises LogInRefused when the grant is not valid any more, and
    MailboxError when the provider cannot be asked.
    """
    key = digest(oauth)
    with _lock:
        token, until = _tokens.get(key, ("", 0.0))
    if time.monotonic() < until:
        return token
    answer = _ask(oauth, refresh_token)
    token = str(answer.get("access_token") or "")
    if not token:
        raise MailboxError(_("The token endpoint answered without an access token."))
    following = str(answer.get("refresh_token") or "")
    if following not in {"", refresh_token}:
        keep(following)
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
        raise MailboxError(
            _("The token endpoint %(host)s cannot be asked (%(error)s). Check token_url.")
            % {"host": host, "error": error}
        ) from error
    return found if isinstance(found, dict) else {}


def _refusal(error: urllib.error.HTTPError) -> MailboxError:
    """What an error answer means: RFC 6749, section 5.2."""
    try:
        answer = json.loads(error.read(MAX_ANSWER))
        code = str(answer.get("error", error.code))
    except (OSError, ValueError, AttributeError, http.client.HTTPException):
        code = str(error.code)
    if error.code in {400, 401}:
        return LogInRefused(
            _("The mail provider refused the refresh token (%(code)s). Grant access again.")
            % {"code": code}
        )
    return MailboxError(_("The token endpoint answered with an error (%(code)s).") % {"code": code})
