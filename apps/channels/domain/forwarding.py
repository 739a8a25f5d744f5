"""Asking a third party: what goes to them and what they answer stays internal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.cases import domain as cases
from apps.cases.domain import NewInteraction
from apps.cases.domain.events import locked, record
from apps.cases.enums import Channel, Direction, EventKind, Visibility
from apps.cases.files import StoredFile
from apps.cases.models import Attachment, Case, Interaction
from apps.channels import addressing, registry, tokens
from apps.channels.domain import writing
from apps.channels.domain.outbox import Envelope, queue
from apps.channels.driver import Party
from apps.channels.errors import CustomersOwnAddress, NoAddress, NothingSaid
from apps.channels.models import Account, Consulted
from apps.channels.signatures import signature_of

if TYPE_CHECKING:
    from apps.accounts.models import User


@dataclass(frozen=True, slots=True)
class Forward:
    """What somebody outside is asked. ``attachments`` were stored before, as copies, those of
    ``quoted_pictures`` among them; ``html`` is clean already.

    ``interaction`` is the key of the message that is quoted, or None. ``hold_until`` (UTC)
    keeps it back so long.
    """

    to: Sequence[str]
    text: str = ""
    html: str = ""
    interaction: int | None = None
    attachments: Sequence[StoredFile] = ()
    hold_until: datetime | None = None


@transaction.atomic
def forward(*, case_id: int, actor: User, what: Forward) -> Interaction:
    """Send words, a message of the case and chosen files to somebody who is not its customer.

    It is an internal interaction, moves no clock, and its recipients are consulted from now
    on: what they answer joins the case as internal, until somebody promotes it.

    Raises cases.errors.NotAllowed, NothingSaid, Unfilled, NoAccount, NoAddress,
    BadAddress, CustomersOwnAddress, or Interaction.DoesNotExist for what is no message of
    this case.
    """
    case = locked(case_id, actor)
    channel = Channel.EMAIL.value
    quoted = _find(case, what.interaction) if what.interaction else None
    if not (what.text.strip() or quoted or what.attachments):
        raise NothingSaid
    writing.check_filled(what.text, what.html)
    account = addressing.account_for(case, channel)
    recipients = _third_parties(case, channel, what.to)
    signature = signature_of(account, actor)
    words = f"{what.text.rstrip()}\n\n-- \n{signature}\n" if signature else what.text
    subject = tokens.bare_subject(quoted.subject if quoted and quoted.subject else case.subject)
    new = NewInteraction(
        channel=channel,
        direction=Direction.OUTBOUND,
        visibility=Visibility.INTERNAL,
        author=actor,
        recipients=[{"kind": p.kind, "value": p.value, "name": p.name} for p in recipients],
        subject=f"Fwd: {subject}".strip(),
        text=f"{words}\n\n{quote(quoted)}" if quoted else words,
        text_folded=what.text,
        html=_html(what, quoted, account, signature),
        attachments=what.attachments,
    )
    interaction = cases.record_interaction(case=case, new=new)
    for party in recipients:
        Consulted.objects.get_or_create(case=case, kind=party.kind, value=party.value)
    queue(interaction, account, Envelope(held_until=what.hold_until))
    return interaction


@transaction.atomic
def ask_no_more(*, consulted_id: int, actor: User) -> None:
    """End the asking of a third party: what they write from then on is a case of its own.

    Raises cases.errors.NotAllowed; one who is asked no more already changes nothing.
    """
    asked = Consulted.objects.filter(pk=consulted_id).first()
    if asked is None:
        return
    case = locked(asked.case_id, actor)
    if Consulted.objects.filter(pk=consulted_id).delete()[0]:
        record(case, EventKind.PARTICIPANT_LEFT, actor=actor, address=asked.value)


def quoted_pictures(interaction: Interaction | None) -> list[Attachment]:
    """The files that a message shows in its own text, and that its quotation needs."""
    if interaction is None or not interaction.html:
        return []
    named = unquote(interaction.html).lower()
    pictures = interaction.attachments.exclude(content_id="").order_by("pk")
    return [one for one in pictures if f"cid:{one.content_id.lower()}" in named]


def quote(interaction: Interaction) -> str:
    """A message as it stands below the words that forward it."""
    return f"{_heading(interaction)}\n\n{interaction.text}"


def _html(what: Forward, quoted: Interaction | None, account: Account, signature: str) -> str:
    """The same with formatting, where the words or what they quote have any; else ""."""
    if not (what.html or (quoted and quoted.html)):
        return ""
    own = what.html or f"<p>{writing.as_html(what.text)}</p>"
    signed = writing.sign(own, signature, account)
    if quoted is None:
        return signed
    begun = signed if writing.SIGNATURE in signed else signed + writing.SIGNATURE
    body = writing.prepare(account.channel, quoted.html)[0] or writing.as_html(quoted.text)
    heading = writing.as_html(_heading(quoted))
    return f"{begun}<p>{heading}</p><blockquote>{body}</blockquote>"


def _heading(interaction: Interaction) -> str:
    sender = interaction.sender_name or interaction.sender_value
    if interaction.direction == Direction.OUTBOUND:
        sender = interaction.author.name if interaction.author else ""
    at = date_format(timezone.localtime(interaction.received_at), "Y-m-d H:i")
    title = _("Forwarded message")
    lines = [
        f"---------- {title} ----------",
        _("From: %(sender)s") % {"sender": sender},
        _("Date: %(date)s") % {"date": at},
        _("Subject: %(subject)s") % {"subject": tokens.strip_marks(interaction.subject)},
    ]
    return "\n".join(lines)


def _find(case: Case, interaction_id: int) -> Interaction:
    """A message of the case; what colleagues note never leaves the house."""
    messages = case.interactions.exclude(channel=Channel.INTERNAL).select_related("author")
    return messages.get(pk=interaction_id)


def _third_parties(case: Case, channel: str, to: Sequence[str]) -> list[Party]:
    kind = registry.get(channel).identity_kind
    parties = addressing.without_ours(addressing.clean_parties(kind, to), channel)
    if not parties:
        raise NoAddress
    own = set(case.customer.identities.filter(kind=kind).values_list("value", flat=True))
    for party in parties:
        if party.value in own:
            raise CustomersOwnAddress(party.value)
    return parties
