"""What the envelope of a mail alone says, written into its header."""

from __future__ import annotations

from collections.abc import Iterable

HEAD_BYTES = 1 << 16


def with_envelope(raw: bytes, sender: str | None, recipients: Iterable[str]) -> bytes:
    """The mail with what its envelope alone says (RFC 5321, 4.4): that it comes from nobody,
    and for whom it is when its header does not say so. Else its bytes stay as they are, and
    so the same mail through another door is the same mail.

    ``sender`` is "" for nobody, None where it is not known.
    """
    end = raw.find(b"\r\n\r\n", 0, HEAD_BYTES)
    head = raw[: end if end >= 0 else HEAD_BYTES].lower()
    lines = [
        b"Delivered-To: " + recipient.encode()
        for recipient in recipients
        if recipient.lower().encode() not in head
    ]
    if sender == "" and not head.startswith(b"return-path:") and b"\nreturn-path:" not in head:
        lines.insert(0, b"Return-Path: <>")
    return b"".join(line + b"\r\n" for line in lines) + raw
