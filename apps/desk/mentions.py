"""Colleagues that a note names with ``@``."""

from __future__ import annotations

import re

from apps.accounts.models import User

MAX_MENTIONS = 20


def find_mentioned(text: str) -> list[User]:
    """Active colleagues whose log-in or shown name follows an ``@``; the longest name wins."""
    starts = [match.end() for match in re.finditer("@", text)][:MAX_MENTIONS]
    if not starts:
        return []
    names = _names()
    lowered = text.lower()
    found: dict[int, User] = {}
    for start in starts:
        for name, user in names:
            if lowered.startswith(name, start):
                found[user.pk] = user
                break
    return list(found.values())


def _names() -> list[tuple[str, User]]:
    names = [
        (name.lower(), user)
        for user in User.objects.filter(is_active=True)
        for name in (user.username, user.name)
        if name
    ]
    return sorted(names, key=lambda pair: -len(pair[0]))
