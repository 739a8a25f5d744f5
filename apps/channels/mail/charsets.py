"""Bytes to text: the declared charset first, repaired where it cannot be true."""

from __future__ import annotations

import codecs
import re
from itertools import islice

from apps.channels.mail.labels import UNKNOWN, codec_for

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Encodings that hold more than the one that was declared; tried when that one fails.
_WIDER = {
    "big5hkscs": ("cp950", "big5"),
    "cp932": ("shift_jisx0213",),
    "euc_kr": ("cp949",),
    "euc_jp": ("euc_jis_2004",),
    "iso2022_jp": ("iso2022_jp_ext", "iso2022_jp_2004"),
    "utf-16-le": ("utf-16-be",),
}
_WESTERN = "cp1252"
# Codecs in which a run of ASCII bytes may mean something else.
_NOT_ASCII = ("utf-16", "utf-32", "hz", "iso2022")
# One broken character in so many is damage of the text, not a wrong declaration.
_TOLERATED = 50
_PAIR_OF_GB2312 = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")
_CONTROLS = {code: None for code in (*range(32), 127) if chr(code) not in "\t\n\r\f"}
_ANY_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_JAPANESE_SHIFT = re.compile(rb"\x1b(\$[@B]|\([BJI]|\$\(D)")


def decode(data: bytes, label: str = "") -> str:
    """Decode ``data``, declared as ``label``; never raises and yields no unsafe character.

    The declared charset is believed as long as it can be: GBK bytes that happen to be
    valid UTF-8 stay GBK. NUL, other controls and lone surrogates are left out.
    """
    codec = codec_for(label) if label else UNKNOWN
    if data.isascii() and b"\x1b" not in data and not codec.startswith(_NOT_ASCII):
        return clean(data.decode("ascii"))
    return clean(_decode(data, codec))


def clean(text: str) -> str:
    """Leave out what no text holds: NUL, controls, lone surrogates, a byte-order mark."""
    if _ANY_CONTROL.search(text):
        text = text.translate(_CONTROLS)
    if not text.isascii():
        text = text.encode("utf-8", "ignore").decode("utf-8").removeprefix("\ufeff")
    return text


def _decode(data: bytes, codec: str) -> str:
    for mark, marked in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(marked, "replace")
    if codec == UNKNOWN or (codec == "iso2022_jp" and not _JAPANESE_SHIFT.search(data)):
        return _guess(data)
    if codec == _WESTERN:
        return _western(data)
    return _surely_utf8(data) or _declared(data, codec)


def _declared(data: bytes, codec: str) -> str:
    for candidate in (codec, *_WIDER.get(codec, ())):
        text = _strict(data, candidate)
        if text is not None:
            return text
    if codec == "iso2022_jp":
        return _microsoft_japanese(data)
    return _repair(data, codec)


def _surely_utf8(data: bytes, least: int = 3) -> str:
    """The text, when at least so many characters of three bytes are UTF-8 without a fault.

    One or two may be so by chance in another charset; three never were in its words, while
    programs that label UTF-8 with their user's old charset are many.
    """
    text = _strict(data, "utf-8")
    if text is None:
        return ""
    return text if sum(char >= "\u0800" for char in islice(text, 4000)) >= least else ""


def _strict(data: bytes, codec: str) -> str | None:
    """Decode, or None. A cut inside the last character is no fault."""
    try:
        return data.decode(codec)
    except UnicodeError as error:
        end = getattr(error, "end", 0)
        start = getattr(error, "start", 0)
        if end < len(data) or not start > 0 or len(data) - start > 3:
            return None
    try:
        return data[:start].decode(codec)
    except UnicodeError:
        return None


def _guess(data: bytes) -> str:
    """Text of which nothing is known: UTF-8, else Chinese, else Western."""
    if data.isascii() and _JAPANESE_SHIFT.search(data):
        return _declared(data, "iso2022_jp")
    text = _strict(data, "utf-8")
    if text is not None:
        return text
    high = sum(map(len, re.findall(rb"[\x80-\xff]+", data)))
    paired = 2 * len(_PAIR_OF_GB2312.findall(data))
    chinese = _strict(data, "gb18030")
    if chinese is not None and paired * 5 >= high * 4:
        return chinese
    traditional = _strict(data, "big5hkscs")
    if traditional is not None and high >= 4 and paired < high:
        return traditional
    if chinese is not None and paired * 2 >= high:
        return chinese
    return _western(data)


def _western(data: bytes) -> str:
    """Windows-1252 as the web reads it, unless the bytes spell UTF-8 of another script.

    Three bytes of UTF-8 read as Western letters make no word in any language, while mail
    programs do label Chinese UTF-8 as ISO-8859-1.
    """
    if text := _surely_utf8(data, least=1):
        return text
    try:
        return data.decode(_WESTERN)
    except UnicodeError:
        # Five bytes are unassigned; the web maps them to the controls of the same number.
        return data.decode("latin-1").translate(_C1)


_C1 = {code: bytes([code]).decode(_WESTERN, "ignore") or None for code in range(0x80, 0xA0)}


def _microsoft_japanese(data: bytes) -> str:
    """ISO-2022-JP with Microsoft's and NEC's characters (CP50221), by way of CP932."""
    pieces = _JAPANESE_SHIFT.split(data)
    text = [pieces[0].decode("cp932", "replace")]
    for shift, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if shift in (b"$@", b"$B"):
            text.append(_jis_to_shift_jis(piece).decode("cp932", "replace"))
        elif shift == b"(I":
            text.append(bytes(byte | 0x80 for byte in piece).decode("cp932", "replace"))
        elif shift == b"$(D":
            escaped = b"\x1b$(D" + piece + b"\x1b(B"
            text.append(escaped.decode("iso2022_jp_ext", "replace"))
        else:
            text.append(piece.decode("cp932", "replace"))
    return "".join(text)


def _jis_to_shift_jis(piece: bytes) -> bytes:
    """Move JIS X 0208 rows to where Shift_JIS keeps them; other bytes stay."""
    out = bytearray()
    index = 0
    while index < len(piece):
        first = piece[index]
        if not 0x21 <= first <= 0x7E or index + 1 >= len(piece):
            out.append(first)
            index += 1
            continue
        second = piece[index + 1]
        lead = ((first + 1) >> 1) + (0x70 if first <= 0x5E else 0xB0)
        trail = second + (0x7E if first % 2 == 0 else 0x20 if second >= 0x60 else 0x1F)
        out += bytes((lead, trail & 0xFF))
        index += 2
    return bytes(out)


def _repair(data: bytes, codec: str) -> str:
    """Text whose declared charset fails: what is UTF-8 is; else the one with least damage."""
    text = _strict(data, "utf-8")
    if text is not None and not data.isascii():
        return text
    declared = data.decode(codec, "replace")
    damage = declared.count("\ufffd")
    if damage * _TOLERATED <= len(declared):
        return declared
    chinese = data.decode("gb18030", "replace")
    return chinese if chinese.count("\ufffd") * 4 < damage else declared
