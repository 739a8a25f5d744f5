"""What a service level asks for: times, reminders, the policy of callbacks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

EXAMPLE_GAPS = "15, 60, 240"
MAX_GAPS, MAX_GAP = 20, 525_600
_SEPARATORS = re.compile(r"[\s,;，；、]+")


class BadGaps(ValueError):
    """Words that are no list of minutes; ``str()`` says what to write."""

    def __init__(self) -> None:
        super().__init__(_("Write minutes as in: %(example)s") % {"example": EXAMPLE_GAPS})


@dataclass(frozen=True, slots=True)
class Targets:
    """What holds for one case. Times are minutes of business time unless they say days.

    ``pause_updates``: news wait while the customer's word is awaited.
    ``first_reply_newcomer`` is the target of a customer's first case, None for no own one.
    Reminders are percent of the time between making a promise and its due time.
    ``callback_gaps`` are the minutes to wait after the first, second … attempt that reached
    nobody; the last one holds for all later ones. These are the defaults of the product.
    """

    first_reply: int = 60
    first_reply_newcomer: int | None = None
    next_reply: int = 240
    progress_update: int = 20
    pause_updates: bool = False
    follow_up_days: int = 2
    close_after_days: int = 7
    first_reminder: int = 50
    second_reminder: int = 75
    callback_attempts: int = 3
    callback_gaps: tuple[int, ...] = (15, 60, 240)
    callback_slot: int = 15

    def first_reply_within(self, *, is_newcomer: bool) -> timedelta:
        """Business time until the first reply; for a newcomer the shorter of both targets."""
        own = self.first_reply_newcomer if is_newcomer else None
        return timedelta(minutes=min(self.first_reply, own or self.first_reply))

    def gap_after(self, attempts: int) -> timedelta | None:
        """Business time until the next try to call, after so many that reached nobody.

        None when there is none left.
        """
        if attempts >= self.callback_attempts:
            return None
        gaps = self.callback_gaps
        return timedelta(minutes=gaps[min(max(attempts, 1), len(gaps)) - 1])


DEFAULTS = Targets()
NAMES = tuple(one.name for one in fields(Targets))


def fill(rows: list[Mapping[str, Any]]) -> Targets:
    """Take each target from the first row that sets it, else from the defaults."""
    chosen: dict[str, Any] = {}
    for row in rows:
        for name in NAMES:
            if row.get(name) not in {None, ""}:
                chosen.setdefault(name, row[name])
    return Targets(**chosen)


def parse_gaps(text: str) -> tuple[int, ...]:
    """Read minutes such as ``15, 60, 240``; nothing for an empty text. Raises BadGaps."""
    words = [word for word in _SEPARATORS.split(text) if word]
    if len(words) > MAX_GAPS or not all(word.isdecimal() and len(word) < 7 for word in words):
        raise BadGaps
    gaps = tuple(int(word) for word in words)
    if not all(0 < gap <= MAX_GAP for gap in gaps):
        raise BadGaps
    return gaps
