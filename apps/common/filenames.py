"""Names of files that came from outside, made safe to show and to offer for download."""

from __future__ import annotations

import mimetypes
import re
import unicodedata

MAX_LENGTH = 150
_MAX_SUFFIX = 12

# Slashes of any script; what stands before the last one was a folder of the sender's.
_SEPARATORS = re.compile(r"[/\\\u2044\u2215\u29f8\u29f9\uff0f\uff3c\ufe68]")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\.|\Z)", re.IGNORECASE
)


def clean_file_name(name: str, content_type: str = "") -> str:
    """Return ``name`` as one plain file name of at most 150 characters, never empty.

    First to the composed Unicode form and without invisible characters, so that nothing
    reassembles after the checks; then without folders, marks that a system forbids,
    leading dots and reserved device names. A name that is nothing gets the suffix of
    ``content_type``.
    """
    text = unicodedata.normalize("NFC", name[:4000])
    text = "".join(" " if char.isspace() else char for char in text if _visible(char))
    text = _FORBIDDEN.sub("_", _SEPARATORS.split(text)[-1])
    text = " ".join(text.split()).strip(". ")
    if not text:
        return "attachment" + (mimetypes.guess_extension(content_type) or "")
    if _RESERVED.match(text):
        text = f"_{text}"
    if len(text) <= MAX_LENGTH:
        return text
    stem, dot, suffix = text.rpartition(".")
    if not dot or len(suffix) > _MAX_SUFFIX:
        return text[:MAX_LENGTH].rstrip(". ")
    return f"{stem[: MAX_LENGTH - len(suffix) - 1].rstrip('. ')}.{suffix}"


def _visible(char: str) -> bool:
    return char.isspace() or not unicodedata.category(char).startswith("C")
