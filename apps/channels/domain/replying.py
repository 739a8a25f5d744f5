"""Answering: the interaction and its delivery come to be in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from apps.cases import domain as cases
from apps.cases.domain import NewInteraction
from apps.cases.domain.events import locked
from apps.cases.enums import Direction
from apps.cases.files import StoredFile
from apps.cases.models import Case, Interaction
from apps.channels import addressing, registry, tokens
from apps.channels.domain import writing
from apps.channels.domain.outbox import Envelope, queue
from apps.channels.driver import Party
from apps.channels.errors import NoAddress, NothingSaid
from apps.channels.models import Account, CaseRoute
from apps.channels.signatures import signature_of

if TYPE_CHECKING:
    from apps.accounts.models import User


@transaction.atomic
def reply(  # noqa: PLR0913 - a composer has so many boxes
    *,
    case_id: int,
    actor: User,
    text: str,
    html: str = "",
    to: Sequence[str] | None = None,
    cc: Sequence[str] = (),
    subject: str | None = None,
    attachments: Sequence[StoredFile] = (),
    channel: str | None = None,
    hold_until: datetime | None = None,
) -> Interaction:
    """Answer in a case: records what we say and, where a driver stands, sends it.

    ``to`` is the customer's address last used unless given, ``subject`` that of the case,
    ``channel`` that of its account. Whoever outside is named in ``to`` or ``cc`` becomes a
    participant. The account's signature is put below the text. ``hold_until`` (UTC) keeps it
    back so long. ``html`` is clean already, ``attachments`` were stored before.

    Raises cases.errors.NotAllowed (a follower reads and notes only), NothingSaid, Unfilled,
    NoAccount, NoAddress or BadAddress.
    """
    if not text.strip() and not attachments:
        raise NothingSaid
    writing.check_filled(text, html)
    case = locked(case_id, actor)
    channel = channel or addressing.channel_of(case)
    words = NewInteraction(
        channel=channel,
        direction=Direction.OUTBOUND,
        author=actor,
        subject=subject or "",
        text=text,
        html=html,
        attachments=attachments,
    )
    if not registry.has(channel):
        return cases.record_interaction(case=case, new=words)
    account = addressing.account_for(case, channel)
    recipients, copies = _recipients(case, channel, to, cc)
    new = replace(words, recipients=_as_json(recipients), copies=_as_json(copies))
    interaction = _record_and_queue(case, account, new, Envelope(held_until=hold_until))
    _seat(interaction, [*recipients, *copies], actor)
    return interaction


@transaction.atomic
def record_outbound(
    *,
    case_id: int,
    actor: User,
    channel: str,
    text: str,
    html: str = "",
    subject: str = "",
    attachments: Sequence[StoredFile] = (),
) -> Interaction:
    """Put on record what we said where nothing needs sending: on the phone, at the desk.

    Raises cases.errors.NotAllowed.
    """
    new = NewInteraction(
        channel=channel,
        direction=Direction.OUTBOUND,
        author=actor,
        subject=subject,
        text=text,
        html=html,
        attachments=attachments,
    )
    return cases.record_interaction(case=locked(case_id, actor), new=new)


def _record_and_queue(
    case: Case, account: Account, new: NewInteraction, envelope: Envelope
) -> Interaction:
    """Finish the words with what the account and the case add, record and queue them."""
    signature = signature_of(account, new.author)
    finished = replace(
        new,
        subject=_subject(case, new.subject),
        text=_signed(new.text, signature),
        text_folded=new.text,
        html=writing.sign(new.html, signature, account),
        pending=envelope.is_scheduled,
    )
    interaction = cases.record_interaction(case=case, new=finished)
    CaseRoute.objects.get_or_create(case=case, defaults={"account": account})
    queue(interaction, account, envelope)
    return interaction


def _recipients(
    case: Case, channel: str, to: Sequence[str] | None, cc: Sequence[str]
) -> tuple[list[Party], list[Party]]:
    kind = registry.get(channel).identity_kind
    if to is None:
        default = addressing.customers_address(case, kind)
        chosen = [default] if default else []
    else:
        chosen = addressing.clean_parties(kind, to)
    recipients = addressing.without_ours(chosen, channel)
    if not recipients:
        raise NoAddress
    taken = {party.value for party in recipients}
    others = addressing.without_ours(addressing.clean_parties(kind, cc), channel)
    return recipients, [party for party in others if party.value not in taken]


def _seat(interaction: Interaction, parties: Sequence[Party], actor: User) -> None:
    for party in parties:
        cases.add_participant(
            interaction.case,
            kind=party.kind,
            value=party.value,
            name=party.name,
            actor=actor,
            interaction=interaction,
        )


def _subject(case: Case, subject: str) -> str:
    """The words of the subject; an answer to the customer's own word says so with ``Re:``."""
    if subject.strip():
        return tokens.strip_marks(subject)
    bare = tokens.bare_subject(case.subject)
    answers = case.interactions.filter(direction=Direction.INBOUND).exists()
    return f"Re: {bare}".strip() if answers else bare


def _signed(text: str, signature: str) -> str:
    return f"{text.rstrip()}\n\n-- \n{signature}\n" if signature else text


def _as_json(parties: Sequence[Party]) -> list[dict[str, str]]:
    return [{"kind": p.kind, "value": p.value, "name": p.name} for p in parties]
