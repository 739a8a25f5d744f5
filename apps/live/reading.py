"""Reading what browsers say."""

from __future__ import annotations


def read_id(text: str) -> int | None:
    """The id of an event; whatever is none counts as not said."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
