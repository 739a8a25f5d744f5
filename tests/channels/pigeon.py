"""A channel of the tests: its messages are JSON, its far side is a list."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from apps.channels.driver import (
    AccountView,
    BadSetting,
    DeliveryError,
    Incoming,
    IncomingAttachment,
    Outgoing,
    Party,
    Receipt,
    Unreadable,
)

SLUG = "pigeon"


@dataclass
class Pigeon:
    """Carries whatever it is given, unless ``weather`` raises.

    ``poison``: texts over which the parser itself falls. ``sent``: what arrived.
    """

    slug: str = SLUG
    folder: str = SLUG
    identity_kind: str = "email"
    content_types: tuple[str, ...] = ("application/json",)
    sent: list[Outgoing] = field(default_factory=list)
    weather: Callable[[Outgoing, Callable[[], None]], Receipt | None] | None = None
    fault: DeliveryError | None = None
    poison: dict[str, BaseException] = field(default_factory=dict)
    parsed: int = 0
    renew: Callable[[], None] = print

    def clean_settings(self, values: Mapping[str, str]) -> Mapping[str, str]:
        for name, value in values.items():
            if name not in {"address", "incoming", "outgoing"}:
                raise BadSetting(name, f"pigeons know no {name}")
            if " " in value:
                raise BadSetting(name, "pigeons do not like spaces")
        return values

    def parse(self, account: AccountView, raw: bytes, content_type: str) -> Incoming:
        self.parsed += 1
        try:
            values = json.loads(raw)
            sender = values.pop("sender")
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise Unreadable("no letter at its foot") from error
        if error := self.poison.get(values.get("text", "")):
            raise error
        files = [
            IncomingAttachment(name, "text/plain", text.encode())
            for name, text in values.pop("files", {}).items()
        ]
        lists = {
            key: tuple(values.pop(key)) for key in ("references", "delivered_to") if key in values
        }
        parties = {
            key: tuple(Party("email", one) for one in values.pop(key))
            for key in ("to", "cc")
            if key in values
        }
        if isinstance(values.get("occurred_at"), str):
            values["occurred_at"] = datetime.fromisoformat(values["occurred_at"])
        return Incoming(
            sender=Party("email", sender, values.pop("name", "")),
            attachments=tuple(files),
            **values,
            **lists,
            **parties,
        )

    def send(
        self,
        account: AccountView,
        message: Outgoing,
        about_to_commit: Callable[[], None],
        renew: Callable[[], None],
    ) -> Receipt:
        self.renew = renew
        if self.weather is not None:
            receipt = self.weather(message, about_to_commit)
            if receipt is not None:
                return receipt
        else:
            about_to_commit()
        self.sent.append(message)
        return Receipt("250 cooed")

    def check(self, account: AccountView) -> None:
        if self.fault is not None:
            raise self.fault


def letter(sender: str = "cleo@example.org", **fields: object) -> bytes:
    """A raw message of the pigeon channel."""
    return json.dumps({"sender": sender, "text": "A word.", **fields}).encode()
