"""How an account's mailbox is reached, from its ``incoming`` address and its options.

=====================  ==================================================================
``folder``             the folder to read, INBOX unless given
``after``              what becomes of a mail there once it is stored: ``keep`` (the
                       default), ``seen``, ``delete`` or ``move:Folder``
``oauth_token_url``    turns XOAUTH2 on: where access tokens come from (RFC 6749, section 6)
``oauth_client_id``    who we are to that endpoint
``oauth_scope``        what to ask for, where the provider wants it
=====================  ==================================================================

With XOAUTH2 the password in ``incoming``, the one field that is encrypted, is the refresh
token; a client with a secret writes secret, line feed (``%0A``), refresh token.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field

from django.utils.crypto import salted_hmac

from apps.channels.driver import BadSetting
from apps.channels.mail import oauth as tokens
from apps.channels.mail.accounts import INCOMING, Server, read_server
from apps.channels.mail.oauth import OAuth
from apps.channels.mail.webhooks import settings as webhook_settings
from apps.channels.mail.webhooks.settings import is_webhook
from apps.common.sentences import gettext as _

ACTIONS = ("keep", "seen", "delete")


@dataclass(frozen=True, slots=True)
class Settings:
    """One mailbox. ``after`` is what becomes of a mail there once it is stored; with
    ``move``, ``target`` names the folder.
    """

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    after: str = "keep"
    target: str = ""
    oauth: OAuth | None = None

    @property
    def source(self) -> str:
        """A digest that is the same as long as it is the same mailbox."""
        parts = (self.host, str(self.port), self.user, self.folder)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    @property
    def setup(self) -> str:
        """A digest that changes with every setting, and betrays none."""
        return salted_hmac("mailbox settings", str(astuple(self)), algorithm="sha256").hexdigest()


def read(incoming: str, options: Mapping[str, str]) -> Settings:
    """Understand how an account's mailbox is reached. Raises BadSetting."""
    server = _read_server(incoming)
    after, target = _read_after(str(options.get("after", "")))
    oauth = tokens.read(options, server.password)
    if oauth is None and "\n" in server.password:
        raise _broken()
    return Settings(
        scheme=server.scheme,
        host=server.host,
        port=server.port,
        user=server.user,
        password=server.password,
        folder=str(options.get("folder", "")).strip() or "INBOX",
        after=after,
        target=target,
        oauth=oauth,
    )


def check(values: Mapping[str, str]) -> None:
    """Check what is given of these settings, each for itself. Raises BadSetting."""
    _read_after(values.get("after", ""))
    if values.get("oauth_token_url"):
        tokens.check_endpoint(values["oauth_token_url"])
    if is_webhook(values.get("incoming", "")):
        webhook_settings.read(values["incoming"])
    elif values.get("incoming"):
        _read_server(values["incoming"])


def _read_server(incoming: str) -> Server:
    server = read_server("incoming", incoming, INCOMING)
    if not server.user or not server.password:
        raise BadSetting("incoming", _("The incoming server's address needs user and password."))
    if set(server.user) & {"\r", "\n", "\0"} or set(server.password) & {"\r", "\0"}:
        raise _broken()
    return server


def _read_after(value: str) -> tuple[str, str]:
    action, _colon, target = value.strip().partition(":")
    if action == "move" and target.strip():
        return "move", target.strip()
    if (action or "keep") in ACTIONS and not target:
        return action or "keep", ""
    raise BadSetting("after", _("Choose keep, seen, delete or move:Folder."))


def _broken() -> BadSetting:
    return BadSetting("incoming", _("User and password may hold no line break."))
