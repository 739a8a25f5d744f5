"""HTML that came by mail, made harmless when it is stored.

Two passes. The first rebuilds the markup as a shallow, balanced tree of allowed elements
with allowed attributes; it bounds depth and number, without which the second takes minutes
for a page of nested tags. The second is nh3 (ammonia), whose parser is a browser's and
which has the last word on what stands.
"""

from __future__ import annotations

import re
from html import escape, unescape

import nh3

from apps.channels.mail.charsets import clean
from apps.channels.mail.markup import VOID, Kind, Token, tokens, words
from apps.channels.mail.styles import PROPERTIES, clean_style

MAX_LENGTH = 2 * 1024 * 1024
MAX_DEPTH = 100
MAX_ELEMENTS = 60_000
MAX_RUN = 10_000
MAX_CLEANED = 2 * MAX_LENGTH
MAX_URL_LENGTH = 8000
MAX_DATA_LENGTH = 100 * 1024 * 4 // 3 + 40

_FORMATTING = words(
    "a abbr b bdi bdo big cite code del dfn em font i ins kbd mark q s samp small span strike "
    "strong sub sup time tt u var"
)
_BLOCKS = words(
    "address article aside blockquote center dd details div dl dt figcaption figure footer h1 "
    "h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table ul"
)
_TABLE_PARTS = words("caption col colgroup tbody td tfoot th thead tr")
_TAGS = _FORMATTING | _BLOCKS | _TABLE_PARTS | {"br", "img", "wbr"}
_DROPPED_WITH_CONTENT = frozenset({"svg", "math", "object", "applet", "template"})
# A drawing that nothing ends ends where the page goes on, as in browsers: no words are lost.
_BREAKING_OUT = words(
    "blockquote center code dd div dl dt em h1 h2 h3 h4 h5 h6 hr li ol p pre ruby table ul"
)

# An element that closes, when it opens, an open one of these, but not beyond the fence.
_CELLS = frozenset({"td", "th", "caption"})
_FENCE = frozenset({"table"})
_IMPLIED_ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "table"})),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl", "table"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl", "table"})),
    "td": (_CELLS, _FENCE),
    "th": (_CELLS, _FENCE),
    "tr": (frozenset({"tr", "caption", "colgroup"}), _FENCE),
    "a": (frozenset({"a"}), _CELLS | _FENCE),
    **dict.fromkeys(
        ("tbody", "thead", "tfoot"),
        (frozenset({"tbody", "thead", "tfoot", "caption", "colgroup"}), _FENCE),
    ),
}
_PARAGRAPH = (frozenset({"p"}), _CELLS | _FENCE)

_ATTRIBUTES = {
    "*": {"align", "dir", "lang", "style", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "border"},
    "table": {"width", "height", "border", "cellpadding", "cellspacing", "bgcolor"},
    "tr": {"valign", "bgcolor", "height"},
    "td": {"colspan", "rowspan", "valign", "bgcolor", "width", "height", "nowrap"},
    "th": {"colspan", "rowspan", "valign", "bgcolor", "width", "height", "nowrap"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type", "reversed"},
    "ul": {"type"},
    "li": {"value", "type"},
    "hr": {"width", "size", "color"},
    "time": {"datetime"},
}
_ALLOWED = {tag: _ATTRIBUTES["*"] | _ATTRIBUTES.get(tag, set()) for tag in _TAGS}
_LINK = re.compile(r"(?:https?://|mailto:|tel:|cid:)[^\s]", re.IGNORECASE)
_IMAGE = re.compile(r"(?:https?://|cid:)[^\s]", re.IGNORECASE)
_DATA_IMAGE = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*+\Z")
_IGNORED_IN_URLS = dict.fromkeys((*range(33), 127))


def _last_word(tag: str, attribute: str, value: str) -> str | None:
    """Refuse ``data:`` everywhere but in pictures; schemes are nh3's to check, this is not."""
    if value[:5].lower() == "data:" and not (tag == "img" and _DATA_IMAGE.match(value)):
        return None
    return value if attribute != "style" else clean_style(value) or None


_CLEANER = nh3.Cleaner(
    tags=set(_TAGS),
    attributes={tag: set(names) for tag, names in _ALLOWED.items()},
    attribute_filter=_last_word,
    url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
    filter_style_properties=set(PROPERTIES),
    strip_comments=True,
)


def clean_html(source: str) -> str:
    """Return HTML that may be shown in a frame without scripts; "" when nothing remains.

    Kept: text elements, tables, lists, links (http, https, mailto, tel, cid), pictures
    (http, https, cid, small data), inline styles from a short list. Remote pictures stay
    in the text; the frame's policy holds them back until they are asked for.
    """
    tree = _Tree()
    for token in tokens(source[:MAX_LENGTH]):
        tree.take(token)
    cleaned = clean(_CLEANER.clean(tree.finish())).strip()
    if len(cleaned) > MAX_CLEANED:
        # Escaping can make five characters of one; what is that long is no letter.
        return clean_html(source[: min(len(source), MAX_LENGTH) // 4])
    return cleaned


class _Tree:
    """Writes balanced markup; what is too deep, too much or not allowed loses its tags."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.open: list[str] = []
        self.elements = 0
        self.skipping = 0
        self.in_drawing = False
        self.run = 0

    def take(self, token: Token) -> None:
        if self.in_drawing and token.kind is Kind.START and token.value in _BREAKING_OUT:
            self.skipping, self.in_drawing = 0, False
        if token.value in _DROPPED_WITH_CONTENT and token.kind is not Kind.TEXT:
            self.skipping = max(self.skipping + (1 if token.kind is Kind.START else -1), 0)
            drawing = self.in_drawing or self.skipping == 1
            self.in_drawing = drawing and self.skipping > 0 and token.value in {"svg", "math"}
        elif self.skipping:
            return
        elif token.kind is Kind.TEXT:
            self._text(unescape(token.value))
        elif token.value not in _TAGS:
            return
        elif token.kind is Kind.END:
            self._close(token.value)
        else:
            self._start(token)

    def finish(self) -> str:
        self._close_to(0)
        return "".join(self.out)

    def _text(self, text: str) -> None:
        """Write text; nh3 writes one run of it in time quadratic to the run's length."""
        while self.run + len(text) > MAX_RUN:
            head, text = text[: MAX_RUN - self.run], text[MAX_RUN - self.run :]
            self.out += (escape(head, quote=False), "<wbr>")
            self.run = 0
        self.out.append(escape(text, quote=False))
        self.run += len(text)

    def _start(self, token: Token) -> None:
        tag = token.value
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            return
        if tag in _BLOCKS:
            self._end_implied(*_PARAGRAPH)
        if tag in _IMPLIED_ENDS:
            self._end_implied(*_IMPLIED_ENDS[tag])
        if tag not in VOID and len(self.open) >= MAX_DEPTH:
            return
        self.out.append(f"<{tag}{_attributes(token)}>")
        self.run = 0
        if tag not in VOID:
            self.open.append(tag)

    def _close(self, tag: str) -> None:
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index] == tag:
                self._close_to(index)
                return
            if self.open[index] == "table":
                return

    def _end_implied(self, closed: frozenset[str], fence: frozenset[str]) -> None:
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index] in fence:
                return
            if self.open[index] in closed:
                self._close_to(index)
                return

    def _close_to(self, index: int) -> None:
        self.out.extend(f"</{tag}>" for tag in reversed(self.open[index:]))
        del self.open[index:]


def _attributes(token: Token) -> str:
    allowed = _ALLOWED[token.value]
    kept: list[str] = []
    for name, value in token.attributes:
        if name not in allowed:
            continue
        cleaned = _attribute(name, value)
        if cleaned is not None:
            kept.append(f' {name}="{escape(cleaned)}"')
    return "".join(kept)


def _attribute(name: str, value: str) -> str | None:
    if name == "style":
        return clean_style(value) or None
    if name in {"href", "src"}:
        url = value.translate(_IGNORED_IN_URLS)
        if name == "src" and _DATA_IMAGE.match(url):
            return url if len(url) <= MAX_DATA_LENGTH else None
        pattern = _LINK if name == "href" else _IMAGE
        return url if len(url) <= MAX_URL_LENGTH and pattern.match(url) else None
    return value if len(value) <= MAX_URL_LENGTH else None
