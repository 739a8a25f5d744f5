"""What arrived, as it arrived, in a form that can be read: headers and body, undecoded."""

from __future__ import annotations

import re
from dataclasses import dataclass

from apps.channels.models import InboundMessage

SHOWN_BYTES = 200_000
TEXTUAL = ("message/", "text/", "application/json")
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_UNSEEN = re.compile(
    r"[^\S\n ]|[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


@dataclass(frozen=True, slots=True)
class Source:
    """``cut`` tells that more was stored than is shown."""

    headers: str
    body: str
    cut: bool


def read_source(inbound: InboundMessage) -> Source | None:
    """Split an input at its first empty line; None for one that is no text."""
    if not inbound.content_type.startswith(TEXTUAL):
        return None
    raw = bytes(inbound.raw.body)
    shown = raw[:SHOWN_BYTES]
    end = _END_OF_HEADERS.search(shown) if inbound.content_type.startswith("message/") else None
    head, body = (shown[: end.start()], shown[end.end() :]) if end else (b"", shown)
    return Source(_plain(head), _plain(body), len(raw) > SHOWN_BYTES)


def _plain(raw: bytes) -> str:
    """Text whose order on the screen is that of the bytes: no controls, no marks of direction."""
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n").replace("\t", "    ")
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)
