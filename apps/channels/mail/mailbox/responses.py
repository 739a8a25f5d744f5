"""Reading what FETCH answers, as imaplib hands it over: lines, and pairs with a literal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

UID = re.compile(rb"\bUID (\d{1,20})")
SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,20})")
ARRIVED = re.compile(rb'\bINTERNALDATE "([^"]{0,40})"')
BODY = re.compile(rb"\bBODY\[\] \{\d+\}$")
SHORT_BODY = re.compile(rb'\bBODY\[\] "((?:[^"\\]|\\.)*)"')
QUOTED = re.compile(rb"\\(.)")


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail of a folder as the server lists it; ``mark`` tells it from another one that is
    given the same UID.
    """

    uid: int
    size: int
    mark: str


def read_listed(data: Sequence[Any]) -> list[Listed]:
    """The mails of an answer, those without a UID (unasked flags) left out."""
    found = []
    for line in data:
        if not isinstance(line, bytes):
            continue
        uid, size, arrived = UID.search(line), SIZE.search(line), ARRIVED.search(line)
        if uid and size:
            when = arrived[1].decode("ascii", "replace") if arrived else ""
            found.append(Listed(int(uid[1]), int(size[1]), f"{size[1].decode()} {when}"[:60]))
    return found


def read_bodies(data: Sequence[Any]) -> dict[int, bytes]:
    """UID → raw bytes. The UID may stand before or behind the body."""
    bodies: dict[int, bytes] = {}
    for number, item in enumerate(data):
        if isinstance(item, tuple):
            rest = data[number + 1] if number + 1 < len(data) else b""
            around = item[0] + b" " + (rest if isinstance(rest, bytes) else b"")
            if BODY.search(item[0]) and (uid := UID.search(around)):
                bodies[int(uid[1])] = item[1]
        elif isinstance(item, bytes):
            short, uid = SHORT_BODY.search(item), UID.search(item)
            if short and uid:
                bodies[int(uid[1])] = QUOTED.sub(rb"\1", short[1])
    return bodies
