"""One interaction as a bubble: the same anatomy for every channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q
from django.db.models.functions import Left
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html_join, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases.enums import Channel, Direction
from apps.cases.models import Attachment, Case, Interaction
from apps.cases.models.interaction import InteractionQuerySet
from apps.common.icons import icon_markup
from apps.common.text import lang_attribute
from apps.desk.contents import VIEWABLE
from apps.desk.posts import Post, make_post
from apps.desk.rows import channel_icon, channel_label

SHOWN_LENGTH = 4000


@dataclass(frozen=True, slots=True)
class File:
    pk: int
    name: str
    size: str
    icon: SafeString
    viewable: bool


@dataclass(frozen=True, slots=True)
class Bubble:
    """All that the template shows of an interaction."""

    pk: int
    channel: str
    channel_label: str
    glyph: SafeString
    own: bool
    internal: bool
    who: str
    did: str
    to: str
    at: datetime
    body: SafeString
    body_lang: SafeString
    folded: bool
    has_original: bool
    automatic: bool
    files: list[File]
    post: Post | None
    inbound: int | None


def make_bubble(interaction: Interaction, case: Case, user: User) -> Bubble:
    """Work out one bubble. Costs no query for what ``for_bubbles`` has loaded."""
    text: str = interaction.shown  # type: ignore[attr-defined]
    inbound = interaction.direction == Direction.INBOUND
    delivery = getattr(interaction, "delivery", None)
    return Bubble(
        pk=interaction.pk,
        channel=interaction.channel,
        channel_label=channel_label(interaction.channel),
        glyph=channel_icon(interaction.channel),
        own=not inbound and not interaction.is_internal,
        internal=interaction.is_internal,
        who=_who(interaction, case, user),
        did=_did(interaction),
        to=_addressed(interaction, case),
        at=interaction.received_at,
        body=paragraphs(text[:SHOWN_LENGTH]),
        body_lang=lang_attribute(text[:400]),
        folded=interaction.is_folded or len(text) > SHOWN_LENGTH,  # type: ignore[attr-defined]
        has_original=inbound and interaction.has_html,  # type: ignore[attr-defined]
        automatic=bool(interaction.automatic) and inbound,
        files=[_file(attachment) for attachment in interaction.attachments.all()],
        post=make_post(delivery) if delivery else None,
        inbound=getattr(getattr(interaction, "inbound", None), "pk", None),
    )


def for_bubbles(interactions: InteractionQuerySet) -> InteractionQuerySet:
    """Load all that bubbles show, and of long texts only what they show, in two queries."""
    return (
        interactions.select_related("author", "delivery", "inbound")
        .prefetch_related("attachments")
        .annotate(
            shown=Left("text_folded", SHOWN_LENGTH + 1),
            is_folded=~Q(text=F("text_folded")),
            has_html=~Q(html=""),
        )
        .defer("html", "text", "text_folded")
    )


def paragraphs(text: str) -> SafeString:
    """Plain text as paragraphs with live links; everything in it is escaped."""
    blocks = (block.strip("\n") for block in text.replace("\r\n", "\n").split("\n\n"))
    return format_html_join(
        "", "<p>{}</p>", ((_lines(block),) for block in blocks if block.strip())
    )


def _lines(block: str) -> SafeString:
    """Links open beside the portal and tell their target nothing about it."""
    linked = urlize(block, nofollow=True, autoescape=True)
    linked = linked.replace('<a href="', '<a target="_blank" href="')
    linked = linked.replace('rel="nofollow"', 'rel="nofollow noopener noreferrer"')
    return mark_safe(linked.replace("\n", "<br>"))  # noqa: S308 - urlize escaped it


def _who(interaction: Interaction, case: Case, user: User) -> str:
    if interaction.direction == Direction.OUTBOUND:
        if interaction.author is None:
            return _("The portal")
        return _("You") if interaction.author == user else interaction.author.name
    if not interaction.sender_value or interaction.sender_value in _addresses_of(case):
        return case.customer.form_of_address or case.customer.display_name()
    return interaction.sender_name or interaction.sender_value


def _did(interaction: Interaction) -> str:
    """What happened, in the words that follow a name."""
    if interaction.is_internal:
        return _("left an internal note")
    inbound = {
        Channel.EMAIL: _("emailed"),
        Channel.PHONE: _("called"),
        Channel.FAX: _("sent a fax"),
        Channel.WEB: _("filled in a form"),
        Channel.BBS: _("wrote on the board"),
        Channel.RECEPTION: _("came to the desk"),
    }
    outbound = {
        Channel.EMAIL: _("by email"),
        Channel.PHONE: _("by phone"),
        Channel.FAX: _("by fax"),
        Channel.WEB: _("by form"),
        Channel.BBS: _("on the board"),
        Channel.RECEPTION: _("at the desk"),
    }
    words = inbound if interaction.direction == Direction.INBOUND else outbound
    return next((said for channel, said in words.items() if channel == interaction.channel), "")


def _addressed(interaction: Interaction, case: Case) -> str:
    """Whom a message went to, where that is not simply the customer."""
    to = [party.get("value", "") for party in interaction.recipients]
    copies = [party.get("value", "") for party in interaction.copies]
    parts = []
    plain = len(to) == 1 and to[0] in _addresses_of(case)
    if interaction.direction == Direction.OUTBOUND and to and not plain:
        parts.append(_("to %(addresses)s") % {"addresses": ", ".join(to)})
    if copies:
        parts.append(_("copy to %(addresses)s") % {"addresses": ", ".join(copies)})
    return " · ".join(parts)


def _addresses_of(case: Case) -> set[str]:
    return {identity.value for identity in case.customer.identities.all()}


def _file(attachment: Attachment) -> File:
    picture = attachment.content_type.startswith("image/")
    return File(
        pk=attachment.pk,
        name=attachment.name or _("file without a name"),
        size=filesizeformat(attachment.size),
        icon=icon_markup("photo" if picture else "file-text"),
        viewable=attachment.content_type in VIEWABLE,
    )
