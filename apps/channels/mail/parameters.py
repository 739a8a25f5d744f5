"""Parameters of structured headers: quoted, continued and encoded values (RFC 2045, 2231)."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from apps.channels.mail.charsets import decode

MAX_PARAMETERS = 200

_PARAMETER = re.compile(
    rb';\s*+([^\s=;"]{1,100})\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"?|([^;]*+))', re.DOTALL
)
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*)?")
_ESCAPED = re.compile(rb'\\(["\\])')


class Parameter(NamedTuple):
    """A value as bytes; ``charset`` is None unless the value itself declares one."""

    value: bytes
    charset: str | None = None


Parameters = dict[str, Parameter]


def read_parameters(header: bytes) -> tuple[str, Parameters]:
    """Return a header's main value in lower case, and its parameters by lower-case name."""
    main, _semicolon, _rest = header.partition(b";")
    kind = decode(main).strip().lower()
    plain: Parameters = {}
    sections: dict[str, list[tuple[int, bool, bytes]]] = {}
    for count, found in enumerate(_PARAMETER.finditer(header, len(main))):
        if count == MAX_PARAMETERS:
            break
        quoted, bare = found[2], found[3]
        value = _ESCAPED.sub(rb"\1", quoted) if quoted is not None else bare.strip()
        name = found[1].decode("latin-1").lower()
        part = _SECTION.fullmatch(name) if "*" in name else None
        if part is None:
            plain.setdefault(name, Parameter(value))
        else:
            section = (int(part[2] or 0), bool(part[3]), value)
            sections.setdefault(part[1], []).append(section)
    # RFC 2231 wins over the plain name that stands beside it for old programs.
    return kind, plain | {name: _join(parts) for name, parts in sections.items()}


def _join(parts: list[tuple[int, bool, bytes]]) -> Parameter:
    """Join continued sections as bytes, since a character may be cut between two."""
    parts.sort(key=lambda part: part[0])
    charset: str | None = None
    joined: list[bytes] = []
    for _number, encoded, value in parts:
        label, quote, rest = value.partition(b"'")
        if encoded and not joined and quote and b"'" in rest:
            charset = label.decode("latin-1")
            joined.append(unquote_to_bytes(rest.partition(b"'")[2]))
        else:
            joined.append(unquote_to_bytes(value) if encoded else value)
    return Parameter(b"".join(joined), charset)
