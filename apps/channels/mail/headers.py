"""Single headers: ids, dates, recipients."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from apps.channels.mail.charsets import decode

MAX_IDS = 100
MAX_ID_LENGTH = 250
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
MAX_AHEAD = timedelta(days=1)

_ID = re.compile(r"<([^<>]{1,2000})>")
_BLANK = re.compile(r"\s+")


def read_ids(value: bytes) -> list[str]:
    """Return the message ids in a header, without brackets, in their order (RFC 5322, 3.6.4).

    Blanks inside, left by programs that fold long ids, are taken out; an id too long to
    keep stands as its hash, so that equal ids stay equal.
    """
    text = decode(value)
    found = _ID.findall(text)
    if not found:
        found = [word for word in text.split()[:MAX_IDS] if "@" in word[1:-1]]
    return [_short(_BLANK.sub("", one)) for one in found]


def _short(message_id: str) -> str:
    if len(message_id) <= MAX_ID_LENGTH:
        return message_id
    return "sha256." + hashlib.sha256(message_id.encode("utf-8", "replace")).hexdigest()


def read_references(answered: Iterable[bytes], references: Iterable[bytes]) -> tuple[str, ...]:
    """Return all ids that a message names, nearest first: In-Reply-To, then the youngest."""
    ids = [one for value in answered for one in read_ids(value)]
    chain = [one for value in references for one in read_ids(value)]
    return tuple(dict.fromkeys(ids[:MAX_IDS] + chain[: -MAX_IDS - 1 : -1]))[:MAX_IDS]


def read_date(value: bytes, *, at: datetime) -> datetime | None:
    """Return a Date header in UTC; None when absent, unreadable or absurd as of ``at``."""
    try:
        fields = parsedate_tz(value[:100].decode("latin-1"))
        if fields is None:
            return None
        zone = timezone(timedelta(seconds=fields[9] or 0))
        moment = datetime(*fields[:6], tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return moment if EARLIEST <= moment <= at + MAX_AHEAD else None
