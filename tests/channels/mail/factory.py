"""Messages and accounts for the tests of mail."""

from __future__ import annotations

from datetime import UTC, datetime

from apps.channels.driver import AccountView, Incoming, Outgoing, Party
from apps.channels.mail.parsing import parse

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def read(raw: bytes) -> Incoming:
    return parse(raw, at=NOW)


def mail(body: bytes | str = b"", **headers: bytes | str) -> bytes:
    """A raw mail with the least that one has; keywords become headers (``_`` is a hyphen)."""
    fields = {"From": "Cleo <cleo@example.org>", "To": "support@example.com"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [name.encode() + b": " + _bytes(value) for name, value in fields.items()]
    return b"\r\n".join(lines) + b"\r\n\r\n" + _bytes(body)


def account(**values) -> AccountView:
    return AccountView(**{"id": 1, "name": "support", "address": "support@example.com"} | values)


def outgoing(**values) -> Outgoing:
    least = {
        "message_id": "d7.abc@example.com",
        "created_at": NOW,
        "to": (Party("email", "cleo@example.org", "Cleo"),),
        "subject": "Your lamp",
        "text": "It is on its way.",
    }
    return Outgoing(**least | values)


def _bytes(value: bytes | str) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
