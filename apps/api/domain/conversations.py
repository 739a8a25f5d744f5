"""Cases and interactions that a program reports or wants, in one transaction each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.cases.addresses import open_addresses
from apps.cases.domain import (
    NewInteraction,
    assign_by_rule,
    bring_in,
    open_case,
    record_interaction,
)
from apps.cases.domain.events import locked, locked_readable
from apps.cases.enums import Channel, Direction, Visibility
from apps.cases.mentions import find_mentioned
from apps.customers import identities
from apps.customers.domain import find_or_create
from apps.customers.enums import IdentityKind

if TYPE_CHECKING:
    from apps.accounts.models import Team, User
    from apps.cases.models import Case, Interaction
    from apps.customers.models import Customer

KIND_OF_CHANNEL: dict[str, str] = {
    Channel.PHONE: IdentityKind.PHONE,
    Channel.FAX: IdentityKind.FAX,
    Channel.BBS: IdentityKind.BBS,
}


class Deadline(TypedDict, total=False):
    """When the customer needs it (aware), and whether they said so."""

    needed_by: datetime | None
    needed_by_said: bool


@transaction.atomic
def open_with_words(
    *,
    actor: User,
    customer: Customer | tuple[str, str],
    channel: str,
    kind: str,
    subject: str,
    body: str,
    team: Team | None,
    **more: Unpack[Deadline],
) -> Case:
    """Open a case in which ``body`` is the customer's first word; its team's rule gives it away.

    On the channel internal it is the actor's note, which no customer ever sees.
    An identity (kind, value) stands for its customer, made when nobody is known by it.
    """
    sender = customer if isinstance(customer, tuple) else None
    if isinstance(customer, tuple):
        customer = find_or_create(kind=customer[0], value=customer[1])
    case = open_case(
        customer=customer,
        channel=channel,
        subject=subject,
        kind=kind,
        team=team,
        actor=actor,
        **more,
    )
    if channel == Channel.INTERNAL:
        new = NewInteraction(
            channel=channel,
            direction=Direction.OUTBOUND,
            visibility=Visibility.INTERNAL,
            author=actor,
            subject=subject,
            text=body,
        )
    else:
        new = _heard(case, channel, subject=subject, text=body, sender=sender)
    record_interaction(case=case, new=new)
    return assign_by_rule(case=case)


@dataclass(frozen=True, slots=True)
class Words:
    """What was said, by whom in which direction, and to which addresses."""

    channel: str
    direction: str
    visibility: str
    text: str
    subject: str = ""
    to: Sequence[str] = ()
    cc: Sequence[str] = ()


@transaction.atomic
def record_by_hand(*, case_id: int, actor: User, words: Words) -> Interaction:
    """Put on record what was said elsewhere, or a note; nothing is sent.

    Whom a note names with ``@`` follows the case from now on, as in the desk. Followers may leave
    what is internal. Raises NotAllowed, AlreadyMerged, or ValidationError naming ``to`` or ``cc``.
    """
    internal = words.visibility == Visibility.INTERNAL
    case = locked_readable(case_id, actor) if internal else locked(case_id, actor)
    if words.direction == Direction.INBOUND and words.visibility == Visibility.PUBLIC:
        new = _heard(case, words.channel, subject=words.subject, text=words.text)
    else:
        named = bring_in(case, actor, find_mentioned(words.text)) if internal else []
        new = NewInteraction(
            channel=words.channel,
            direction=words.direction,
            visibility=words.visibility,
            author=actor,
            subject=words.subject,
            text=words.text,
            mentions=named,
            recipients=_parties(words.channel, "to", words.to),
            copies=_parties(words.channel, "cc", words.cc),
        )
    return record_interaction(case=case, new=new)


def _heard(
    case: Case,
    channel: str,
    *,
    subject: str,
    text: str,
    sender: tuple[str, str] | None = None,
) -> NewInteraction:
    kind, value = sender or _address_on(case, channel)
    return NewInteraction(
        channel=channel,
        direction=Direction.INBOUND,
        sender_kind=kind,
        sender_value=value,
        sender_name=case.customer.name,
        subject=subject,
        text=text,
    )


def _address_on(case: Case, channel: str) -> tuple[str, str]:
    """Return the customer's address on a channel, else the first one that the case may say."""
    wanted = kind_of(channel)
    known = open_addresses(case)
    on_channel = [address for address in known if address[0] == wanted]
    return (on_channel or known or [("", "")])[0]


def _parties(channel: str, field: str, values: Iterable[str]) -> list[dict[str, str]]:
    kind = kind_of(channel)
    try:
        return [
            {"kind": kind, "value": identities.normalise(kind, value), "name": ""}
            for value in values
        ]
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from error


def kind_of(channel: str) -> str:
    """Return the kind of the addresses that people have on a channel."""
    return KIND_OF_CHANNEL.get(channel, IdentityKind.EMAIL)
