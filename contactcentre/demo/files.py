"""Attachments of the demonstration: small pictures and a log, made here."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

type Pixel = tuple[int, int, int]
WIDTH, HEIGHT = 320, 200


def attachment(name: str) -> tuple[str, bytes]:
    """The content type and the bytes of a file that a story names."""
    if name.endswith(".png"):
        return "image/png", _png(_PICTURES[name])
    return "text/plain", LOG.encode()


def _charger(x: int, y: int) -> Pixel:
    """A dark wall, a charger, and its orange light."""
    if (x - 160) ** 2 + (y - 84) ** 2 < 90:
        return (255, 150, 30)
    if 100 < x < 220 and 60 < y < 150:
        return (58, 62, 70)
    return (206 - y // 4, 200 - y // 4, 190 - y // 4)


def _bridge(x: int, y: int) -> Pixel:
    """A morning sky above a bridge that climbs."""
    road = 170 - x // 5
    if road < y < road + 12:
        return (90, 92, 98)
    if y > road and x % 64 < 9:
        return (120, 122, 128)
    return (90, 140, 170) if y > 165 else (235 - y // 3, 205 - y // 5, 180 + y // 5)


def _receipt(x: int, y: int) -> Pixel:
    """A slip of paper with lines of print and a stamp."""
    if abs((x - 215) ** 2 + (y - 145) ** 2 - 700) < 120:
        return (190, 40, 50)
    if 90 < x < 230 and 25 < y < 110 and y % 12 < 3 and (x * 7 + y) % 31 > 6:
        return (70, 70, 76)
    return (250, 249, 244) if 75 < x < 245 else (176, 164, 148)


_PICTURES: dict[str, Callable[[int, int], Pixel]] = {
    "charger.png": _charger,
    "bridge.png": _bridge,
    "receipt.png": _receipt,
}

LOG = """\
08:14:02 app 5.2.0 (built 412) on Fennel 8
08:14:02 permission nearby-devices: denied (asked once)
08:14:07 scan: 0 devices
08:14:37 scan: timeout
08:14:37 hint shown: no device nearby
"""


def _png(paint: Callable[[int, int], Pixel]) -> bytes:
    rows = b"".join(
        b"\0" + bytes(part for x in range(WIDTH) for part in paint(x, y)) for y in range(HEIGHT)
    )
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
