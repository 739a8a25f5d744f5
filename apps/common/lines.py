"""Text that others wrote, made fit to stand on one line of a page or of a header."""

from __future__ import annotations

import unicodedata


def plain_line(text: str) -> str:
    """Return ``text`` on one line, with single blanks and without what nobody sees.

    White space and control characters of any kind become blanks. Invisible characters, among
    them those that turn the direction of what follows (Unicode's category Cf), are left out:
    in a name or a subject they serve to deceive only.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_plain, text))
    return " ".join(text.split())


def _plain(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cf":
        return ""
    return " " if category == "Cc" else char
