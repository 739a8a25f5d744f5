"""Links that only the message itself holds: whoever makes them registers how.

Texts hold an address that opens nothing. Only what leaves gets the link in its place, so neither
the timeline, the search nor the API holds it. A higher layer registers in ``AppConfig.ready``::

    private_links.register(put_link)
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from apps.channels import status_links

if TYPE_CHECKING:
    from apps.cases.models import Interaction

type Put = Callable[[Interaction, str], str]

_puts: list[Put] = []


def register(put: Put) -> None:
    """Add a function from a message and its text to the text that leaves, the same each time."""
    _puts.append(put)


def personal(interaction: Interaction, text: str, *, at: datetime) -> str:
    """The text as it leaves; ``at`` is when the message was made."""
    text = status_links.personal(interaction, text, at=at)
    for put in _puts:
        text = put(interaction, text)
    return text
