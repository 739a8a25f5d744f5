"""Plain text of messages as paragraphs: escaped, with live links, in linear time."""

from __future__ import annotations

import re
from html import escape

from django.utils.safestring import SafeString, mark_safe

# On escaped text: an address ends before white space, markup, quotes and CJK punctuation.
LINK = re.compile(
    r"https?://(?:(?!&(?:lt|gt|quot|#x27);)[^\s<>\"'\u3000-\u303f\uff00-\uff65]){3,2000}"
)
MENTION = re.compile(r"(?<![\w@./:-])@([\w·-]{1,60})")
TRAILING = ".,:;!?)]}…"


def paragraphs(text: str, *, mentions: bool = False) -> SafeString:
    """The text as ``p`` elements. Links open beside the portal and tell their target nothing."""
    blocks = (block.strip("\n") for block in text.replace("\r\n", "\n").split("\n\n"))
    body = "".join(f"<p>{_lines(block, mentions)}</p>" for block in blocks if block.strip())
    return mark_safe(body)  # noqa: S308 - _lines escapes


def _lines(block: str, mentions: bool) -> str:  # noqa: FBT001 - private
    escaped = LINK.sub(_link, escape(block))
    if mentions:
        escaped = MENTION.sub(r'<span class="at">@\1</span>', escaped)
    return escaped.replace("\n", "<br>")


def _link(match: re.Match[str]) -> str:
    address = match[0].rstrip(TRAILING)
    rest = match[0][len(address) :]
    if address.endswith("&amp") and rest.startswith(";"):
        address, rest = f"{address};", rest[1:]
    opening = f'<a href="{address}" target="_blank" rel="nofollow noopener noreferrer">'
    return f"{opening}{address}</a>{rest}"
