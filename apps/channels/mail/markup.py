"""HTML as a flat run of tokens, in linear time, as the web's tokeniser sees it.

Source: HTML Living Standard, 13.2.5. Only what matters for mail: character references stay
as they are, and what a browser would not show (comments, scripts, styles) yields nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

MAX_ATTRIBUTES = 60


def words(text: str) -> frozenset[str]:
    """A set of names, written as a line of them."""
    return frozenset(text.split())


VOID = words("area base br col embed hr img input link meta param source track wbr")
# Elements whose content is no markup; of some the words are shown.
_RAW = words("script style title textarea xmp iframe noembed noframes")
_SHOWN_RAW = words("textarea xmp")

_MARKUP = re.compile(r"<(?=[a-zA-Z/!?])")
_TAG_NAME = re.compile(r"/?([a-zA-Z][^\s/>]*+)")
_ATTRIBUTE = re.compile(
    r"[\s/]*+(?:(>)|([^\s/>][^\s/>=]*+)"
    r"(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>]*+)))?+)"
)


class Kind(Enum):
    TEXT = auto()
    START = auto()
    END = auto()


class Token(NamedTuple):
    """``value`` is the text as written, or the element's name in lower case."""

    kind: Kind
    value: str
    attributes: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str:
        return next((value for key, value in self.attributes if key == name), "")


def tokens(source: str) -> Iterator[Token]:
    """Yield text, start tags and end tags; attribute values have their references resolved."""
    position = 0
    while markup := _MARKUP.search(source, position):
        opened = markup.start()
        if opened > position:
            yield Token(Kind.TEXT, source[position:opened])
        name = _TAG_NAME.match(source, opened + 1)
        if name is None:
            position = _after_comment(source, opened)
            continue
        tag = name[1].lower()
        attributes, position = _attributes(source, name.end())
        if source[opened + 1] == "/":
            yield Token(Kind.END, tag)
        elif tag in _RAW:
            end = _RAW_ENDS[tag].search(source, position)
            if tag in _SHOWN_RAW:
                # Escaped, since what reads tokens takes text as it stands in the source.
                inner = source[position : end.start() if end else len(source)]
                yield Token(Kind.TEXT, html.escape(html.unescape(inner), quote=False))
            position = end.end() if end else len(source)
        else:
            yield Token(Kind.START, tag, attributes)
    if position < len(source):
        yield Token(Kind.TEXT, source[position:])


def _attributes(source: str, position: int) -> tuple[tuple[tuple[str, str], ...], int]:
    """Read attributes up to the tag's end; the first of a name counts."""
    found: dict[str, str] = {}
    while match := _ATTRIBUTE.match(source, position):
        position = match.end()
        if match[1]:
            return tuple(found.items()), position
        if len(found) < MAX_ATTRIBUTES:
            value = match[3] or match[4] or match[5] or ""
            found.setdefault(match[2].lower(), html.unescape(value) if "&" in value else value)
    return (), len(source)


def _after_comment(source: str, opened: int) -> int:
    if source.startswith("<!--", opened):
        # "<!-->" is a whole comment, so the search begins at its own dashes.
        end = source.find("-->", opened + 2)
        return end + 3 if end >= 0 else len(source)
    end = source.find(">", opened)
    return end + 1 if end >= 0 else len(source)


_RAW_ENDS = {tag: re.compile(rf"</{tag}(?=[\s/>])[^>]*+>?", re.IGNORECASE) for tag in _RAW}
