"""HTML as text that a person can read: paragraphs, lists, tables, quotes, link targets."""

from __future__ import annotations

import re
from html import unescape

from apps.channels.mail.charsets import clean
from apps.channels.mail.markup import Kind, Token, tokens, words

MAX_LENGTH = 1024 * 1024
MAX_QUOTES = 20
CELL = " | "
RULE = "_" * 32

_LINE_BLOCKS = words(
    "address article aside body caption center dd details div dl dt figcaption figure footer "
    "form header html li main nav section summary tbody tfoot thead tr"
)
_SPACED_BLOCKS = words("blockquote h1 h2 h3 h4 h5 h6 ol p pre table ul")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_SPACE_BEFORE_END = re.compile(r"[ \t]+\n")
_SCHEME = re.compile(r"(?:https?://(?:www\.)?|mailto:|tel:)", re.IGNORECASE)
_SHOWN_TARGET = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)


def html_to_text(source: str) -> str:
    """Return the text of HTML, at most a million characters; time is linear in its length.

    A link's target follows its text in angle brackets where the two differ, list items
    carry their mark or number, the cells of a row stand on one line, quotes are marked
    with ``>`` so that they fold like those of a plain mail.
    """
    writer = _Writer()
    for token in tokens(source):
        writer.take(token)
        if writer.length > MAX_LENGTH:
            break
    return writer.finish()


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.length = 0
        self.breaks = 0  # line ends that are due before the next text
        self.space = False  # a blank is due before the next text
        self.separator = ""  # marks of cells or items that are due before the next text
        self.quotes = 0
        self.preformatted = 0
        self.lists: list[int | None] = []
        self.rows: list[int] = []  # for each open row, the number of lines when it began
        self.links: list[tuple[str, int, int]] = []

    def take(self, token: Token) -> None:
        if token.kind is Kind.TEXT:
            text = unescape(token.value) if "&" in token.value else token.value
            self._preformatted(text) if self.preformatted else self._text(text)
        elif token.kind is Kind.START:
            self._start(token.value, token)
        else:
            self._end(token.value)

    def finish(self) -> str:
        self._end_line()
        text = _SPACE_BEFORE_END.sub("\n", clean("\n".join(self.lines)).replace("\xa0", " "))
        return text[:MAX_LENGTH].strip("\n")

    def _start(self, tag: str, token: Token) -> None:
        match tag:
            case "br":
                self._flush_breaks()
                self._end_line()
            case "hr":
                self._break(1)
                self._write(RULE)
                self._break(1)
            case "img":
                self._text(token.get("alt"))
            case "a":
                self.links.append((token.get("href"), self.length, len(self.line)))
            case "td" | "th":
                self._cell()
            case _:
                self._block(tag)
                self._enter(tag, token)

    def _enter(self, tag: str, token: Token) -> None:
        match tag:
            case "tr":
                self.rows.append(-1)
            case "ul":
                self.lists.append(None)
            case "ol":
                self.lists.append(_number(token.get("start"), 1) - 1)
            case "li":
                self._item(token.get("value"))
            case "pre":
                self.preformatted += 1
            case "blockquote":
                self._flush_breaks()
                self.quotes += 1

    def _end(self, tag: str) -> None:
        match tag:
            case "a":
                self._link()
            case "td" | "th":
                self.breaks = 0
            case "tr" if self.rows:
                self.rows.pop()
                self.separator = ""
            case "ul" | "ol" if self.lists:
                self.lists.pop()
            case "pre":
                self.preformatted = max(self.preformatted - 1, 0)
            case "blockquote":
                if self.line:
                    self._end_line()
                self.quotes = max(self.quotes - 1, 0)
        self._block(tag)

    def _block(self, tag: str) -> None:
        if tag in _SPACED_BLOCKS:
            self._break(2 if not self.lists and not self.rows else 1)
        elif tag in _LINE_BLOCKS:
            self._break(1)

    def _item(self, value: str) -> None:
        depth = max(len(self.lists) - 1, 0)
        mark = "-"
        if self.lists and self.lists[-1] is not None:
            self.lists[-1] = _number(value, self.lists[-1] + 1)
            mark = f"{self.lists[-1]}."
        self.separator = "  " * min(depth, MAX_QUOTES) + mark + " "

    def _cell(self) -> None:
        """Begin a cell: on its row's line, unless the row has filled several lines."""
        if not self.rows:
            self._break(1)
        elif self.rows[-1] < 0:
            self._flush_breaks()
            self.rows[-1] = len(self.lines)
        elif len(self.lines) > self.rows[-1]:
            self._break(1)
        elif self.line:
            self.breaks, self.separator = 0, CELL

    def _link(self) -> None:
        if not self.links:
            return
        target, since, index = self.links.pop()
        if not _SHOWN_TARGET.match(target):
            return
        written = self.length - since
        shown = "".join(self.line[index:]) if written <= 2 * len(target) + 20 else ""
        if not written:
            self._text(f"<{target}>")
        elif _bare(shown) != _bare(target):
            self._text(f" <{target}>")

    def _text(self, text: str) -> None:
        if not text:
            return
        flat = _BLANKS.sub(" ", text)
        body = flat.strip(" ")
        if not body:
            self.space = True
            return
        self.space = self.space or flat[0] == " "
        self._write(body)
        self.space = flat[-1] == " "

    def _preformatted(self, text: str) -> None:
        first, *others = text.replace("\r\n", "\n").split("\n")
        if first:
            self._write(first)
        for other in others:
            self._end_line()
            if other:
                self._write(other)

    def _write(self, text: str) -> None:
        self._flush_breaks()
        if self.separator:
            self._append(self.separator)
        elif self.space and self.line:
            self._append(" ")
        self.separator, self.space = "", False
        self._append(text)

    def _append(self, text: str) -> None:
        self.line.append(text)
        self.length += len(text)

    def _break(self, count: int) -> None:
        self.space = False
        if self.separator != CELL:  # a block that begins a cell stays on the row's line
            self.breaks = max(self.breaks, count)

    def _flush_breaks(self) -> None:
        """Write the line ends that are due; blank lines never stand first or doubled."""
        if self.breaks and self.line:
            self._end_line()
        if self.breaks > 1 and self.lines and self.lines[-1].strip("> "):
            self.lines.append(self._quote())
        self.breaks = 0

    def _end_line(self) -> None:
        quote = self._quote()
        self.lines.append(quote + "".join(self.line))
        self.length += len(quote) + 1
        self.line = []

    def _quote(self) -> str:
        return "> " * min(self.quotes, MAX_QUOTES)


def _number(text: str, otherwise: int) -> int:
    """A number that the writer gave a list; ours where there is none."""
    return int(text) if re.fullmatch(r"-?[0-9]{1,6}", text.strip()) else otherwise


def _bare(url: str) -> str:
    return _SCHEME.sub("", url.strip(), count=1).rstrip("/").lower()
