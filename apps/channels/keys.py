"""Keys under which external ids are kept: digests, since an id may have any length."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

MAX_NAMED = 12


def key_for(channel: str, external_id: str) -> str:
    """The key of a message's id within its channel."""
    return _digest(channel, "id", external_id)


def link_key_for(channel: str, link: str) -> str:
    """The key of a link that the channel itself gives (a topic, a call)."""
    return _digest(channel, "link", link)


def choose_named(references: Sequence[str]) -> list[str]:
    """The ids worth keeping among those a message names: the nearest, and the root."""
    distinct = list(dict.fromkeys(reference for reference in references if reference))
    if len(distinct) <= MAX_NAMED:
        return distinct
    return [*distinct[: MAX_NAMED - 1], distinct[-1]]


def _digest(*parts: str) -> str:
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=20).hexdigest()
