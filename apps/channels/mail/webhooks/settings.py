"""Which service posts an account's mail, and by what it proves itself.

``incoming`` is ``webhook+SERVICE://USER:PASSWORD@?key=KEY``, each part percent-encoded. User
and password are those of the address that the service is given (HTTP basic authentication),
``key`` is what the service signs with; ``KEYS`` says which services have one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from apps.channels.driver import BadSetting
from apps.common.sentences import gettext as _

PREFIX = "webhook+"
SHORTEST_PASSWORD = 8
# What django-anymail calls the key with which the service signs; "" where it signs nothing.
KEYS = {
    "amazon-ses": "",
    "mailersend": "inbound_secret",
    "mailgun": "webhook_signing_key",
    "mailjet": "",
    "mandrill": "webhook_key",
    "postal": "webhook_key",
    "postmark": "",
    "sendgrid": "",
    "sparkpost": "",
}


@dataclass(frozen=True, slots=True)
class Hook:
    """A service that posts. ``basic`` is ``user:password`` or ""."""

    service: str
    basic: str = field(default="", repr=False)
    key: str = field(default="", repr=False)


def is_webhook(incoming: str) -> bool:
    """Whether an account's ``incoming`` names a service that posts, not a mailbox."""
    return incoming.startswith(PREFIX)


def read(incoming: str) -> Hook:
    """Understand an account's ``incoming``. Raises BadSetting, which repeats no secret."""
    try:
        parts = urlsplit(incoming)
    except ValueError:
        raise _bad(_("Write the webhook as webhook+mailgun://?key=SIGNING-KEY.")) from None
    service = parts.scheme.removeprefix(PREFIX)
    if service not in KEYS:
        known = ", ".join(KEYS)
        raise _bad(_("There is no such mail service. Services: %(known)s") % {"known": known})
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    key = parse_qs(parts.query).get("key", [""])[0]
    if not (key + user + password).isascii() or not (key + user + password).isprintable():
        raise _bad(_("User, password and key are of ASCII characters alone."))
    if KEYS[service] and not key:
        reason = _("%(service)s signs what it posts: write webhook+%(service)s://?key=KEY.")
        raise _bad(reason % {"service": service})
    if key and not KEYS[service]:
        reason = _("%(service)s signs nothing: write webhook+%(service)s://user:password@.")
        raise _bad(reason % {"service": service})
    if (user or not KEYS[service]) and not (user and len(password) >= SHORTEST_PASSWORD):
        reason = _("Write a user and a password of at least %(number)d characters.")
        raise _bad(reason % {"number": SHORTEST_PASSWORD})
    return Hook(service, f"{user}:{password}" if user else "", key)


def _bad(reason: str) -> BadSetting:
    return BadSetting("incoming", reason)
