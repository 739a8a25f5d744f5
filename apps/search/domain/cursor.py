"""Where a page of results ended, as text that a link can carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The rank, time and id of the last row shown."""

    tier: int
    at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{self.tier}.{(self.at - EPOCH) // MICROSECOND}.{self.pk}"

    @classmethod
    def read(cls, written: str | None) -> Self | None:
        """The cursor in this text; None for no text and for any other text."""
        try:
            tier, microseconds, pk = map(int, (written or "").split("."))
            return cls(tier, EPOCH + int(microseconds) * MICROSECOND, pk)
        except (ValueError, OverflowError):
            return None
