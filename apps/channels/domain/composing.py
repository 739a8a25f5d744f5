"""From a delivery's rows to the message that its driver sends.

It says the same on every attempt; only the envelope narrows to those who have not got it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from apps.cases.models import Attachment, Interaction
from apps.channels import private_links, tokens
from apps.channels.domain.acknowledging import ACKNOWLEDGEMENT
from apps.channels.driver import Outgoing, OutgoingAttachment, Party
from apps.channels.models import Delivery


def compose(delivery: Delivery) -> Outgoing:
    """Everything that the driver needs; reads the attachments, so not inside transactions."""
    interaction = delivery.interaction
    if interaction is None:
        return _compose_system_mail(delivery)
    return Outgoing(
        message_id=delivery.message_id,
        created_at=_date(delivery),
        to=tuple(_parties(interaction.recipients)),
        cc=tuple(_parties(interaction.copies)),
        envelope=tuple(delivery.remaining),
        sender_name=_sender_name(delivery, interaction),
        reply_to=delivery.reply_to,
        subject=_subject(interaction),
        text=private_links.personal(interaction, interaction.text, at=delivery.created_at),
        html=private_links.personal(interaction, interaction.html, at=delivery.created_at),
        references=tuple(delivery.references),
        automatic=delivery.automatic,
        answers_by_itself=interaction.automatic == ACKNOWLEDGEMENT,
        attachments=tuple(_files(interaction.attachments.order_by("pk"))),
    )


def _compose_system_mail(delivery: Delivery) -> Outgoing:
    mail = delivery.system_mail
    return Outgoing(
        message_id=delivery.message_id,
        created_at=_date(delivery),
        to=tuple(_parties(mail.recipients)),
        subject=mail.subject,
        text=mail.text,
        automatic=True,
    )


def _date(delivery: Delivery) -> datetime:
    """What stays back for days is dated when it leaves: mail is sorted, and judged, by that."""
    return delivery.dated_at or delivery.held_until or delivery.created_at


def _subject(interaction: Interaction) -> str:
    bare = tokens.bare_subject(interaction.subject)
    if interaction.is_internal:  # a forward says so itself
        return tokens.mark_subject(interaction.subject, interaction.case_id, answer=False)
    answer = bare != tokens.strip_marks(interaction.subject)
    return tokens.mark_subject(interaction.subject, interaction.case_id, answer=answer)


def _sender_name(delivery: Delivery, interaction: Interaction) -> str:
    author = interaction.author
    return delivery.account.display_name or (author.name if author else "")


def _parties(stored: Iterable[dict[str, str]]) -> list[Party]:
    return [Party(one["kind"], one["value"], one.get("name", "")) for one in stored]


def _files(attachments: Iterable[Attachment]) -> Iterable[OutgoingAttachment]:
    for one in attachments:
        with one.file.open("rb") as file:
            content = file.read()
        yield OutgoingAttachment(one.name, one.content_type, content, one.content_id)
