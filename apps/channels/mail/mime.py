"""The structure of a message: headers, parts, contents, found once and within limits.

An own reader instead of the standard library's: that one walks line by line in Python and
by recursion, so that 25 MiB of newlines or a thousand nested parts exceed every limit of
time or depth, and it costs several times as much on ordinary mail. This one only searches
for boundaries. Source: RFC 5322, 2045, 2046; what breaks them is read as mail programs do.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, takewhile

from apps.channels.mail.parameters import Parameters, read_parameters

MAX_PARTS = 500
MAX_DEPTH = 30
MAX_HEADER_BYTES = 256 * 1024
MAX_COUNTED = 5000
# Nested multiparts are searched once a level; a bomb of them ends at this many bytes.
MAX_SEARCHED = 160 * 1024 * 1024
COST_OF_FALSE_BOUNDARY = 100

# Two conversions of line ends in a row leave CR CR LF; then the whole mail has them.
_DOUBLE_ENDED = re.compile(rb"[^\r\n]++\r\r++\n")
_DOUBLE_END = re.compile(rb"(?<!\r)\r\r++\n")
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n|\r\r")
_BLANKS = re.compile(rb"[ \t]*+(?=[\r\n]|\Z)")
_LOGICAL_LINE = re.compile(rb"[^\r\n]++(?:(?:\r\n|\n|\r)[ \t]++[^\r\n]*+)*+")
_LINE = re.compile(rb"[^\r\n]++")
_FOLD = re.compile(rb"[\r\n]++[ \t]++")
_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_GUESSED_BOUNDARY = re.compile(rb"(?:\A|\n)--([^\s][^\r\n]{0,69}?)[ \t]*\r?\n")
_TOKEN = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")
_NOT_BASE64 = re.sub(rb"[A-Za-z0-9+/]", b"", bytes(range(256)))


@dataclass(slots=True)
class Part:
    """One node of a message; ``start`` and ``end`` bound its body within ``raw``."""

    raw: bytes
    headers: dict[str, list[bytes]]
    start: int
    end: int
    type: str = "text/plain"
    parameters: Parameters = field(default_factory=dict)
    disposition: str = ""
    disposition_parameters: Parameters = field(default_factory=dict)
    children: list[Part] = field(default_factory=list)

    def first(self, name: str) -> bytes:
        """The first header of that (lower-case) name, or nothing."""
        values = self.headers.get(name)
        return values[0] if values else b""

    def content(self, limit: int | None = None) -> bytes:
        """The body with its transfer encoding undone; ``limit`` bounds the bytes read."""
        end = self.end if limit is None else min(self.end, self.start + limit)
        body = self.raw[self.start : end]
        encoding = self.first("content-transfer-encoding").strip().lower()
        if encoding.startswith(b"base64"):
            return decode_base64(body)
        if encoding.startswith(b"quoted"):
            return binascii.a2b_qp(body)
        if encoding in {b"x-uuencode", b"uuencode", b"x-uue", b"uue"}:
            return _decode_uu(body)
        return body

    @property
    def shown_type(self) -> str:
        """The type to show it by: parts announced but not there, or too deep, are text."""
        if self.type.startswith("multipart/") and not self.children:
            return "text/plain"
        return self.type

    def leaves(self) -> Iterator[Part]:
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


class Reader:
    """Reads one message; counts what it has opened so that a bomb stays small.

    ``left_out`` are parts beyond the bound, counted up to some thousands in each multipart.
    """

    def __init__(self, raw: bytes) -> None:
        self.raw = _DOUBLE_END.sub(b"\r\n", raw) if _DOUBLE_ENDED.match(raw) else raw
        self.parts = 0
        self.searched = 0
        self.left_out = 0

    def read(self) -> Part:
        return self._part(0, len(self.raw), depth=0, default="text/plain")

    def _part(self, start: int, end: int, *, depth: int, default: str) -> Part:
        self.parts += 1
        headers, body = read_headers(self.raw, start, end)
        part = Part(self.raw, headers, body, end)
        part.type, part.parameters = _content_type(part.first("content-type"), default)
        disposition = part.first("content-disposition")
        if disposition:
            part.disposition, part.disposition_parameters = read_parameters(disposition)
        if part.type.startswith("multipart/"):
            self._open(part, depth=depth)
        return part

    def _open(self, part: Part, *, depth: int) -> None:
        if depth < MAX_DEPTH:
            default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
            for start, end in self._between_boundaries(part):
                part.children.append(self._part(start, end, depth=depth + 1, default=default))

    def _between_boundaries(self, part: Part) -> Iterator[tuple[int, int]]:
        boundary = self._boundary(part)
        if not boundary:
            return
        opened: int | None = None
        found = self._delimiters(b"--" + boundary, part)
        for at, after, closing in found:
            if opened is not None:
                yield opened, max(opened, _before_line_end(self.raw, at))
            if closing:
                return
            opened = _after_line_end(self.raw, after)
            if self.parts >= MAX_PARTS:
                rest = takewhile(lambda one: not one[2], islice(found, MAX_COUNTED))
                self.left_out += 1 + sum(1 for _ in rest)
                return
        if opened is not None:
            yield min(opened, part.end), part.end

    def _delimiters(self, mark: bytes, part: Part) -> Iterator[tuple[int, int, bool]]:
        """Find the lines that are a boundary: where each begins and ends, whether it closes."""
        raw, end = self.raw, part.end
        position = raw.find(mark, part.start, end)
        while position >= 0 and self.searched <= MAX_SEARCHED:
            after = position + len(mark)
            closing = raw.startswith(b"--", after)
            rest = _BLANKS.match(raw, after + 2 if closing else after, end)
            if rest and (position == part.start or raw[position - 1] in b"\r\n"):
                yield position, rest.end(), closing
                after = rest.end()
            else:
                self.searched += COST_OF_FALSE_BOUNDARY
            position = raw.find(mark, after, end)

    def _boundary(self, part: Part) -> bytes:
        self.searched += part.end - part.start
        if self.searched > MAX_SEARCHED:
            return b""
        named = part.parameters["boundary"].value.rstrip() if "boundary" in part.parameters else b""
        if named and self.raw.find(b"--" + named, part.start, part.end) >= 0:
            return named
        guessed = _GUESSED_BOUNDARY.search(self.raw, part.start, min(part.end, part.start + 8192))
        return guessed[1] if guessed else b""


def read_headers(raw: bytes, start: int, end: int) -> tuple[dict[str, list[bytes]], int]:
    """Return the headers that begin at ``start`` by lower-case name, and where the body begins.

    Values keep their order and lose their folding. Lines that are no header are passed
    over; two in a row mean that the body has begun without a blank line.
    """
    if raw[start : start + 1] in (b"\n", b"\r"):
        return {}, _after_line_end(raw, start)
    blank = _END_OF_HEADERS.search(raw, start, end)
    block_end, body = (blank.start(), blank.end()) if blank else (end, end)
    headers: dict[str, list[bytes]] = {}
    stray: int | None = None
    for found in _LOGICAL_LINE.finditer(raw, start, min(block_end, start + MAX_HEADER_BYTES)):
        line = found[0]
        if name := _NAME.match(line):
            value = _FOLD.sub(b" ", line[name.end() :]).strip()
            headers.setdefault(name[1].decode("ascii").lower(), []).append(value)
            stray = None
        elif found.start() > start or not line.startswith(b"From "):
            if stray is not None or not headers:
                return headers, found.start() if stray is None else stray
            stray = found.start()
    return headers, body


def decode_base64(body: bytes) -> bytes:
    """Decode base64 that may be broken: foreign characters and missing padding are no matter."""
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:
        kept = body.translate(None, _NOT_BASE64)
        kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def _decode_uu(body: bytes) -> bytes:
    out = bytearray()
    begun = False
    for found in _LINE.finditer(body):
        line = found[0]
        if not begun:
            begun = line.startswith(b"begin ")
        elif line in (b"end", b"`", b""):
            break
        else:
            try:
                out += binascii.a2b_uu(line)
            except binascii.Error:
                continue
    return bytes(out) if begun else body


def _content_type(value: bytes, default: str) -> tuple[str, Parameters]:
    if not value:
        return default, {}
    kind, parameters = read_parameters(value)
    main, slash, sub = kind.partition("/")
    if not (slash and main and sub and _TOKEN.fullmatch(kind)):
        # RFC 2045, 5.2: what cannot be understood is plain text.
        return "text/plain" if kind in {"", "text"} else "application/octet-stream", parameters
    return kind, parameters


def _before_line_end(raw: bytes, position: int) -> int:
    return position - (2 if raw[position - 2 : position] == b"\r\n" else 1)


def _after_line_end(raw: bytes, position: int) -> int:
    return position + (2 if raw[position : position + 2] == b"\r\n" else 1)
