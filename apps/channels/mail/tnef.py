"""What Outlook hides in winmail.dat: files, and now and then the text (MS-OXTNEF).

A reader of its own: nothing in the format is compressed but the rich text, which is left
alone, so what comes out is never more than what went in. Whatever is cut or wrong ends the reading;
what was found until then is kept.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from apps.channels.mail.charsets import decode

SIGNATURE = b"\x78\x9f\x3e\x22"
MAX_FILES = 200
MAX_DEPTH = 3
MAX_PROPERTIES = 2000
MAX_NAME = 500

# Attributes of the stream.
_NEW_FILE, _TITLE, _DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_MESSAGE_PROPERTIES, _CODE_PAGE = 0x9003, 0x9007
# Properties of MAPI.
_BODY, _BODY_HTML, _OBJECT, _LONG_NAME, _MIME, _CONTENT_ID = (
    0x1000,
    0x1013,
    0x3701,
    0x3707,
    0x370E,
    0x3712,
)
_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
_STRING, _UNICODE, _BINARY, _EMBEDDED = 0x1E, 0x1F, 0x102, 0x0D
_VARIABLE = (_STRING, _UNICODE, _BINARY, _EMBEDDED)


@dataclass(slots=True)
class TnefFile:
    name: str = ""
    content: bytes = b""
    content_type: str = ""
    content_id: str = ""


@dataclass(slots=True)
class Tnef:
    """What was found; ``text`` and ``html`` are the body where it stands there at all."""

    files: list[TnefFile] = field(default_factory=list)
    text: str = ""
    html: str = ""


class _Cut(ValueError):
    """The stream ends before it should."""


def unpack(data: bytes, depth: int = 0) -> Tnef:
    """Read a TNEF stream; an empty result for what is none."""
    found = Tnef()
    if not data.startswith(SIGNATURE) or depth > MAX_DEPTH:
        return found
    charset = "windows-1252"
    try:
        for attribute, value in _attributes(data):
            if attribute == _CODE_PAGE and len(value) >= 4:
                charset = f"windows-{struct.unpack_from('<I', value)[0]}"
            else:
                _take(found, attribute, value, charset, depth)
    except (_Cut, struct.error):
        pass
    found.files = [file for file in found.files if file.content]
    return found


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Identifier (its type cut off) and value of each attribute."""
    position = 6
    while position + 9 <= len(data):
        identifier, length = struct.unpack_from("<II", data, position + 1)
        value = data[position + 9 : position + 9 + length]
        if len(value) < length:
            raise _Cut
        yield identifier & 0xFFFF, value
        position += 9 + length + 2


def _take(found: Tnef, attribute: int, value: bytes, charset: str, depth: int) -> None:
    if attribute == _NEW_FILE:
        if len(found.files) >= MAX_FILES:
            raise _Cut
        found.files.append(TnefFile())
    elif attribute == _MESSAGE_PROPERTIES:
        for identifier, kind, content in _properties(value):
            if identifier == _BODY:
                found.text = _text(kind, content, charset)
            elif identifier == _BODY_HTML:
                found.html = _text(kind, content, charset)
    elif found.files and attribute == _TITLE:
        found.files[-1].name = found.files[-1].name or _text(_STRING, value, charset)[:MAX_NAME]
    elif found.files and attribute == _DATA:
        found.files[-1].content = value
    elif found.files and attribute == _FILE_PROPERTIES:
        _describe(found, value, charset, depth)


def _describe(found: Tnef, value: bytes, charset: str, depth: int) -> None:
    """Read what the properties say of the newest file; an embedded message gives its own files."""
    file = found.files[-1]
    for identifier, kind, content in _properties(value):
        if identifier == _LONG_NAME:
            file.name = _text(kind, content, charset)[:MAX_NAME] or file.name
        elif identifier == _MIME:
            file.content_type = _text(kind, content, charset).lower()[:100]
        elif identifier == _CONTENT_ID:
            file.content_id = _text(kind, content, charset).strip("<> ")[:MAX_NAME]
        elif identifier == _OBJECT and kind == _EMBEDDED:
            inner = unpack(content[16:], depth + 1)
            found.files[-1:-1] = inner.files[: MAX_FILES - len(found.files)]
        elif identifier == _OBJECT and kind == _BINARY:
            file.content = file.content or content


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Identifier, type and first value of each property."""
    count, position = struct.unpack_from("<I", data)[0], 4
    for _turn in range(min(count, MAX_PROPERTIES)):
        kind, identifier = struct.unpack_from("<HH", data, position)
        position += 4
        if identifier >= 0x8000:
            position = _after_name(data, position)
        many, kind = bool(kind & 0x1000), kind & 0xEFFF
        values, position = _values(data, position, kind, many=many)
        yield identifier, kind, values


def _after_name(data: bytes, position: int) -> int:
    """Skip the name of a named property."""
    by_text, length = struct.unpack_from("<II", data, position + 16)
    return position + 24 + (_padded(length) if by_text else 0)


def _values(data: bytes, position: int, kind: int, *, many: bool) -> tuple[bytes, int]:
    """The first value at a position, and where the values end."""
    count = 1
    if many or kind in _VARIABLE:
        count = struct.unpack_from("<I", data, position)[0]
        position += 4
    if kind in _FIXED:
        end = position + count * _FIXED[kind]
        if end > len(data):
            raise _Cut
        return data[position : position + _FIXED[kind]], end
    if kind not in _VARIABLE or count > MAX_PROPERTIES:
        raise _Cut
    first = b""
    for turn in range(count):
        length = struct.unpack_from("<I", data, position)[0]
        if position + 4 + length > len(data):
            raise _Cut
        first = data[position + 4 : position + 4 + length] if turn == 0 else first
        position += 4 + _padded(length)
    return first, position


def _text(kind: int, content: bytes, charset: str) -> str:
    text = decode(content, "utf-16-le" if kind == _UNICODE else charset)
    return text.partition("\0")[0]


def _padded(length: int) -> int:
    return length + -length % 4
