"""Addresses in headers and settings: found in any disorder, kept in one form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from apps.channels.driver import Party
from apps.channels.mail.charsets import decode
from apps.channels.mail.words import decode_text, decode_words, one_line

KIND = "email"
MAX_ADDRESSES = 200
MAX_TRIED = 1000
MAX_LENGTH = 254  # RFC 5321, 4.5.3.1.3, less the brackets
MAX_LOCAL_LENGTH = 64
MAX_NAME_LENGTH = 200

_TOKEN = re.compile(
    r'"((?:[^"\\]|\\.)*+)("?)'  # a quoted string
    r"|<([^<>]*+)>?"  # an address in angle brackets
    r"|([,;:()])"
    r'|[^",;:()<]++',
    re.DOTALL,
)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
_SPACED_AT = re.compile(r" ?@ ?")
_LOCAL = re.compile(r"[^\s\"(),:;<>@\[\]\\\x00-\x1f\x7f]+")
_QUOTED_LOCAL = re.compile(r'"((?:[^"\\\x00-\x1f\x7f]|\\[ -~])*)"')
_LABEL = re.compile(r"[\w-]{1,63}")
_LITERAL = re.compile(r"\[[0-9A-Fa-f:.IPv]{3,50}\]")
_NOT_A_WORD = re.compile(r"[^\w.+-]")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def normalise(address: str) -> str:
    """Return an address as it is stored: lower case, its domain as ASCII (RFC 5891).

    Returns "" for what is no address. RFC 5321 lets a host tell ``Ana`` from ``ana``;
    none does, and customers mix them.
    """
    text = address.strip().strip("<>").strip()
    if not text or len(text) > MAX_LENGTH + 70:
        return ""
    local, _at, domain = text.rpartition("@")
    local, domain = _local(local), _domain(domain)
    whole = f"{local}@{domain}"
    return whole if local and domain and len(whole) <= MAX_LENGTH else ""


def _local(local: str) -> str:
    if quoted := _QUOTED_LOCAL.fullmatch(local):
        bare = _ESCAPE.sub(r"\1", quoted[1])
        local = bare if _LOCAL.fullmatch(bare) else local
    elif not _LOCAL.fullmatch(local):
        return ""
    return local.lower() if len(local) <= MAX_LOCAL_LENGTH else ""


def _domain(domain: str) -> str:
    if _LITERAL.fullmatch(domain):
        return domain.lower()
    domain = domain.replace("\u3002", ".").replace("\uff0e", ".").removesuffix(".")
    labels = domain.split(".")
    if not all(_LABEL.fullmatch(one) and "-" not in {one[0], one[-1]} for one in labels):
        return ""
    if domain.isascii():
        return domain.lower()
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def read_parties(values: Iterable[bytes]) -> tuple[Party, ...]:
    """Return who stands in address headers, each address once, in order (RFC 5322, 3.4).

    Groups give their members; comments serve as names; what is no address is left out.
    """
    parties: dict[str, Party] = {}
    for value in values:
        text = decode(value)
        found = _normal(text)
        if not found and "=?" in text:
            found = _normal(decode_words(text))  # encoded as a whole, against the rule
        for name, address in found[: MAX_ADDRESSES - len(parties)]:
            if address not in parties:
                parties[address] = Party(KIND, address, _name(name, address))
    return tuple(parties.values())


def first_word(value: bytes) -> str:
    """The first plain word of a header that should hold an address and holds none."""
    return _NOT_A_WORD.sub("", one_line(decode(value)).partition(" ")[0])[:MAX_LOCAL_LENGTH].lower()


def _normal(text: str) -> list[tuple[str, str]]:
    found = ((name, normalise(address)) for name, address in islice(_mailboxes(text), MAX_TRIED))
    return [(name, address) for name, address in found if address]


def _name(name: str, address: str) -> str:
    text = decode_text(name)[:MAX_NAME_LENGTH].strip(" '\"")
    return "" if text.lower() == address else text


def _mailboxes(text: str) -> Iterator[tuple[str, str]]:
    """Cut a header into (name, address), both still encoded; linear in its length."""
    words: list[str] = []
    comment: list[str] = []
    angle: str | None = None
    depth = 0
    for found in _TOKEN.finditer(text):
        quoted, ending, bracketed, mark = found.groups()
        if quoted is not None and not ending:
            # A quote that nothing ends is a slip, not a name as long as the header.
            yield from _mailboxes(" ".join(words) + text[found.start() :].replace('"', " "))
            return
        if mark in ("(", ")"):
            depth = max(depth + (1 if mark == "(" else -1), 0)
        elif depth:
            comment.append(found[0])
        elif bracketed is not None:
            angle = bracketed if angle is None or "@" not in angle else angle
        elif mark == ":":
            words = []  # what stood before is the name of a group
        elif mark:
            yield _mailbox(words, comment, angle)
            words, comment, angle = [], [], None
        else:
            words.append(found[0])
    yield _mailbox(words, comment, angle)


def _mailbox(words: list[str], comment: list[str], angle: str | None) -> tuple[str, str]:
    """Put one mailbox together; without brackets the word with an @ is the address."""
    joined = " ".join("".join(words).split())
    if angle is not None:
        # RFC 5321, appendix C: a source route before the address is ignored.
        route, colon, rest = angle.rpartition(":")
        address = rest if colon and route.startswith("@") else angle
        return _unquote(joined) or "".join(comment), "".join(address.split())
    if joined.startswith('"') and joined.rpartition("@")[0].endswith('"'):
        return "".join(comment), joined
    parts = _SPACED_AT.sub("@", joined).split(" ")
    address = next((part for part in parts if "@" in part), "")
    name = " ".join(part for part in parts if part is not address)
    return "".join(comment) or _unquote(name), address.strip("\"'<>")


def _unquote(name: str) -> str:
    return _QUOTED.sub(lambda found: _ESCAPE.sub(r"\1", found[1]), name)
