"""Folder names as IMAP writes them: modified UTF-7 (RFC 3501, section 5.1.3)."""

from __future__ import annotations

import base64
import re

NOT_PLAIN = re.compile(r"[^\x20-\x7e]+|&")


def encode_name(name: str) -> str:
    """Write a folder's name for a command; no line break gets through."""
    return quote(NOT_PLAIN.sub(_shift, name))


def quote(text: str) -> str:
    """Write a quoted string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _shift(match: re.Match[str]) -> str:
    if match[0] == "&":
        return "&-"
    coded = base64.b64encode(match[0].encode("utf-16-be", "surrogatepass")).decode()
    return "&" + coded.rstrip("=").replace("/", ",") + "-"
