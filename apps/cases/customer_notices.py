"""Customer notices: this layer says that a customer must be told, a higher one tells them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.cases.models import Case

type Teller = Callable[[Case, str], None]

_tellers: list[Teller] = []


def register(teller: Teller) -> None:
    """Add somebody who tells: called with the case and what happened.

    That is ``closed``; ``merged``: then ``merged_into`` is the case in which it goes on; or
    ``handed_over``: then ``owner`` has just taken the case over.
    """
    _tellers.append(teller)


def tell(case: Case, what: str) -> None:
    """Ask every teller, in the transaction of the change itself."""
    for teller in _tellers:
        teller(case, what)
