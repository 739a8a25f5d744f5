"""Mail that the portal itself writes to its people; whoever has an outbox registers to carry it.

``channels`` registers in ``AppConfig.ready``::

    system_mail.register(queue_system_mail)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.accounts.errors import AccountError


class NoWay(AccountError):
    """There is no account by which the portal's own mail could leave."""

    def __init__(self) -> None:
        super().__init__(
            _("No mail can be sent yet: an administrator has to set a default mail account up.")
        )


@dataclass(frozen=True, slots=True)
class Message:
    """One mail to one person, in their language; ``text`` may hold a link of one purpose."""

    address: str
    name: str
    subject: str
    text: str


type Carrier = Callable[[Message], None]
_carriers: list[Carrier] = []


def register(carrier: Carrier) -> None:
    """Let ``carrier`` take every message; it queues inside the caller's transaction."""
    _carriers[:] = [carrier]


def send(message: Message) -> None:
    """Hand a message to the outbox; raises NoWay where none could take it."""
    if not _carriers:
        raise NoWay
    _carriers[0](message)
