"""The settings of a mail account: its address and the servers behind it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from apps.channels.driver import AccountView, BadSetting, UnknownSetting
from apps.channels.mail.addresses import normalise
from apps.channels.mail.webhooks.settings import is_webhook
from apps.channels.mail.writing import clean_written
from apps.common.sentences import gettext as _

OF_MAILBOX = ("folder", "after", "oauth_token_url", "oauth_client_id", "oauth_scope")
KEYS = ("address", "incoming", "outgoing", "signature_html", *OF_MAILBOX)
OUTGOING = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
INCOMING = {"imap": 143, "imaps": 993, "imap+starttls": 143}
# What ends a host or breaks an address, and an @ after it: part of a name or a password.
_HAS_RAW_SECRET = re.compile(r"[a-z+]+://[^/?#\[\]\s]*[/?#\[\]\s].*@", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server as an account names it; user and password are decoded."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def place(self) -> str:
        """The server for people to read, without secrets."""
        return f"{self.host}:{self.port}"


def clean_settings(values: Mapping[str, str]) -> dict[str, str]:
    """Check the settings that are given and return them, normalised; "" takes one back.

    Raises BadSetting with a sentence that says what to write, also for an unknown key.
    """
    for name in values:
        if name not in KEYS:
            reason = _("There is no such setting of a mail account. Settings: %(known)s")
            raise UnknownSetting(name, reason % {"known": ", ".join(KEYS)}, known=KEYS)
    cleaned = {name: value.strip() for name, value in values.items()}
    if "signature_html" in cleaned:
        cleaned["signature_html"] = clean_written(cleaned["signature_html"])
    if address := cleaned.get("address"):
        cleaned["address"] = normalise(address)
        if not cleaned["address"]:
            reason = _("“%(address)s” is no email address. Write it as name@domain.")
            raise BadSetting("address", reason % {"address": address})
        if "+" in cleaned["address"].partition("@")[0]:
            reason = _("The address may hold no “+”: what follows it marks our own replies.")
            raise BadSetting("address", reason)
    for name, schemes in (("outgoing", OUTGOING), ("incoming", INCOMING)):
        if cleaned.get(name) and not (name == "incoming" and is_webhook(cleaned[name])):
            read_server(name, cleaned[name], schemes)
    return cleaned


def places(account: AccountView) -> dict[str, tuple[str, int]]:
    """Host and port of the servers that are set. Raises BadSetting."""
    found = {}
    for name, schemes in (("outgoing", OUTGOING), ("incoming", INCOMING)):
        url = getattr(account, name)
        if url and not is_webhook(url):
            server = read_server(name, url, schemes)
            found[name] = (server.host, server.port)
    return found


def read_server(name: str, url: str, schemes: Mapping[str, int]) -> Server:
    """Read ``scheme://user:password@host:port``; user and password are percent-encoded.

    Raises BadSetting under the setting's ``name``; the message never repeats the password.
    """
    example = f"{next(iter(schemes))}://user:password@mail.example.org"
    if _HAS_RAW_SECRET.match(url):
        reason = _(
            "Percent-encode special characters in the user name and the password (/ as %%2F,"
            " ? as %%3F, # as %%23, %% as %%25), then write %(example)s."
        )
        raise BadSetting(name, reason % {"example": example})
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        reason = _("This is no server address. Write it as %(example)s.")
        raise BadSetting(name, reason % {"example": example}) from None
    if parts.scheme not in schemes:
        reason = _("Begin the server address with one of %(schemes)s, as in %(example)s.")
        raise BadSetting(name, reason % {"schemes": ", ".join(schemes), "example": example})
    if not _is_host(parts.hostname) or any(char.isspace() for char in url):
        reason = _("The server address names no host. Write it as %(example)s.")
        raise BadSetting(name, reason % {"example": example})
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise BadSetting(name, _("Nothing may follow the port."))
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(parts.scheme, parts.hostname or "", port or schemes[parts.scheme], user, password)


def _is_host(name: str | None) -> bool:
    """Whether the resolver can be asked for a name; it raises over an empty or endless label."""
    try:
        return bool(name and name.encode("idna"))
    except UnicodeError:
        return False


def read_password(url: str) -> str:
    """The password in a server's address, decoded; "" where none can be read."""
    try:
        return unquote(urlsplit(url).password or "")
    except ValueError:
        return ""
