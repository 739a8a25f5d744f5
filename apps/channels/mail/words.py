"""Text in headers: raw eight-bit, or encoded words (RFC 2047), however broken."""

from __future__ import annotations

import binascii
import re

from apps.channels.mail.charsets import clean, decode
from apps.channels.mail.mime import decode_base64

# Blanks inside are against the rule and common; the language suffix is of RFC 2231.
_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*+)(?:\?=|\?\Z|\Z)")
_BLANK = re.compile(r"\s+")


def decode_text(value: bytes | str) -> str:
    """Return the text of an unstructured header, on one line and without controls."""
    text = decode(value) if isinstance(value, bytes) else value
    if "=?" in text:
        text = decode_words(text)
    return one_line(text)


def one_line(text: str) -> str:
    """Fold all white space, line ends included, into single blanks."""
    return " ".join(clean(text).split())


def decode_words(text: str) -> str:
    """Decode the encoded words in ``text``; blanks between two of them vanish.

    Neighbours of one charset are joined as bytes first: many programs cut a character in
    two, against RFC 2047, 5.
    """
    out: list[str] = []
    run: list[tuple[str, str, str]] = []
    position = 0
    for found in _WORD.finditer(text):
        between = text[position : found.start()]
        charset, encoding, payload = found[1].lower(), found[2].lower(), found[3]
        if not run or (between and not between.isspace()):
            out += (_decode_run(run), between)
            run = []
        elif run[-1][0] != charset:
            out.append(_decode_run(run))
            run = []
        run.append((charset, encoding, payload))
        position = found.end()
    out += (_decode_run(run), text[position:])
    return "".join(out)


def _decode_run(run: list[tuple[str, str, str]]) -> str:
    """Decode neighbouring words of one charset."""
    if not run:
        return ""
    data: list[bytes] = []
    pending = ""
    for _charset, encoding, payload in run:
        if encoding == "b":
            # A word may end within a group of four characters; the next one completes it.
            pending += _BLANK.sub("", payload)
            if len(pending) % 4 == 0 or pending.endswith("="):
                data.append(_base64(pending))
                pending = ""
        else:
            data += (_base64(pending), _quoted(payload))
            pending = ""
    data.append(_base64(pending))
    return decode(b"".join(data), run[0][0])


def _base64(payload: str) -> bytes:
    return decode_base64(payload.encode("ascii", "ignore")) if payload else b""


def _quoted(payload: str) -> bytes:
    raw = payload.encode("utf-8", "ignore")
    try:
        return binascii.a2b_qp(raw, header=True)
    except binascii.Error:
        return raw
