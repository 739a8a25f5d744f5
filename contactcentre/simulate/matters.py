"""What a customer came with, before it is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apps.cases.enums import Channel, Status
from apps.customers.enums import IdentityKind
from contactcentre.simulate.lives import Life, Turn
from contactcentre.simulate.people import Person


@dataclass(frozen=True, slots=True)
class Matter:
    """What a person came with, and who takes care of it (ids)."""

    life: Life
    person: Person
    subject: str
    team: int | None
    owner: int | None
    tag: int | None

    def last(self, *turns: Turn) -> datetime | None:
        return next((at for turn, at in reversed(self.life.turns) if turn in turns), None)

    @property
    def first_reply_at(self) -> datetime | None:
        return next((at for turn, at in self.life.turns if turn is Turn.ANSWER), None)

    @property
    def waiting_since(self) -> datetime | None:
        waits = self.life.status in {Status.NEW, Status.OPEN}
        return self.last(Turn.CUSTOMER) if waits else None

    @property
    def sender(self) -> tuple[str, str]:
        """The kind and value of the address from which the person speaks."""
        by_phone = self.life.channel in {Channel.PHONE, Channel.RECEPTION}
        kind = IdentityKind.PHONE if by_phone else IdentityKind.EMAIL
        return kind, self.person.address(kind)
