"""The place in the outbox that a browser has reached, as it is told and as it is given back.

Keys are handed out for all teams alike, so a plain one would tell everybody how much happens.
A place is therefore encrypted, each time differently: two of them cannot be compared.
"""

from __future__ import annotations

from apps.common.fields import decrypt_text, encrypt_text

KIND = "live:"  # tells a place from whatever else is encrypted with these keys
DIGITS = 19  # all places are equally long
LONGEST = 400
BEFORE_ALL = -1


def write_place(key: int) -> str:
    """The place of an event, as a text that may stand in an address."""
    return encrypt_text(f"{KIND}{key:0{DIGITS}d}")


def read_place(text: str) -> int | None:
    """The key of the event, None when no place is given.

    What is no place of ours, or was made with a key that is gone, stands before all events: its
    browser has missed something.
    """
    if not text:
        return None
    known = decrypt_text(text) if text.isascii() and len(text) <= LONGEST else ""
    digits = known.removeprefix(KIND)
    return int(digits) if known.startswith(KIND) and digits.isdigit() else BEFORE_ALL
