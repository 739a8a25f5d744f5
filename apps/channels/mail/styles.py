"""Inline styles: a short list of properties, with plain values."""

from __future__ import annotations

import re
from functools import lru_cache

from apps.channels.mail.markup import words

MAX_LENGTH = 4000

PROPERTIES = words(
    "background-color border border-bottom border-bottom-color border-bottom-style "
    "border-bottom-width border-collapse border-color border-left border-left-color "
    "border-left-style border-left-width border-radius border-right border-right-color "
    "border-right-style border-right-width border-spacing border-style border-top "
    "border-top-color border-top-style border-top-width border-width color direction "
    "font font-family font-size font-style font-variant font-weight height "
    "letter-spacing line-height list-style-type margin margin-bottom margin-left "
    "margin-right margin-top max-width min-width padding padding-bottom padding-left "
    "padding-right padding-top table-layout text-align text-decoration text-indent "
    "text-transform vertical-align white-space width word-break word-wrap"
)

# No backslash (it could spell a forbidden word), no comment, no at-rule; the only functions
# are those of colours, so that nothing is fetched and nothing is computed.
_VALUE = re.compile(
    r"(?:[\w\s#.,%'\"!+-]|\b(?:rgba?|hsla?)\([\d\s.,%/deg-]{1,60}\)|/(?!\*))+", re.IGNORECASE
)
_SHORTHAND = re.compile(r"[\w#]+|(?:rgba?|hsla?)\([\d\s.,%/-]{1,60}\)", re.IGNORECASE)


@lru_cache(maxsize=2048)
def clean_style(style: str) -> str:
    """Return those declarations of a style attribute that may stand, in their order."""
    if len(style) > MAX_LENGTH:
        return ""
    kept: list[str] = []
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip()
        if name == "background" and _SHORTHAND.fullmatch(value):
            name = "background-color"
        if colon and name in PROPERTIES and _VALUE.fullmatch(value):
            kept.append(f"{name}:{value}")
    return ";".join(kept)
