"""Tokens of links stay out of the log, whichever library writes the line."""

from __future__ import annotations

import logging
import re

_LINKS = re.compile(
    r"(/help/(?:in|inquiries)/|/accounts/invitation/|/accounts/password/reset/key/)"
    r"[^/\s\"'?#]+",
    re.ASCII,
)


def redact(text: str) -> str:
    """The text with every token of our links left out."""
    return _LINKS.sub(r"\1…", text)


class LinksFilter(logging.Filter):
    """Takes tokens out of what a line says; it never keeps a line back."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        clean = redact(said)
        if clean != said:
            record.msg, record.args = clean, ()
        return True
