"""Where something was said: the layer of cases knows the interactions, and whose they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.accounts.models import User

type Finder = Callable[[User, int], int | None]

_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Add a finder: the key of the customer of an interaction that the person may read."""
    _finders.append(finder)


def customer_of(user: User, interaction: int) -> int | None:
    """The key of the customer of an interaction, none where the person may not read it."""
    return next((found for finder in _finders if (found := finder(user, interaction))), None)
