"""One interaction as a bubble: the same anatomy for every channel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django.db.models import Case as Choose
from django.db.models import F, Q, QuerySet, When
from django.db.models.functions import Left
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.cases.enums import Channel, Direction
from apps.cases.models import Attachment, Case, Interaction
from apps.cases.models.interaction import InteractionQuerySet
from apps.common import prepared
from apps.common.icons import icon_markup
from apps.common.text import iso_minute, lang_attribute
from apps.desk.contents import VIEWABLE
from apps.desk.invitations import Cards
from apps.desk.names import Names
from apps.desk.posts import Post, make_post
from apps.desk.prose import paragraphs
from apps.desk.rows import channel_icon

SHOWN_LENGTH = 4000
SHOWN_FIELDS = (
    "case",
    "channel",
    "direction",
    "visibility",
    "author",
    "sender_value",
    "sender_name",
    "recipients",
    "copies",
    "reply_to",
    "automatic",
    "received_at",
    "delivery__state",
    "delivery__attempts",
    "delivery__detail",
    "delivery__sent_at",
    "delivery__settled_at",
)
CAME: dict[str, Any] = {
    Channel.EMAIL: gettext_lazy("emailed"),
    Channel.PHONE: gettext_lazy("called"),
    Channel.FAX: gettext_lazy("sent a fax"),
    Channel.WEB: gettext_lazy("filled in a form"),
    Channel.BBS: gettext_lazy("wrote on the board"),
    Channel.RECEPTION: gettext_lazy("came to the desk"),
}
WENT: dict[str, Any] = {
    Channel.EMAIL: gettext_lazy("by email"),
    Channel.PHONE: gettext_lazy("by phone"),
    Channel.FAX: gettext_lazy("by fax"),
    Channel.WEB: gettext_lazy("by form"),
    Channel.BBS: gettext_lazy("on the board"),
    Channel.RECEPTION: gettext_lazy("at the desk"),
}


# Fifty of these are most of a case's page: written here, since in template tags they cost
# more than all the rest together. Every text is escaped.
MARKUP = (
    '<article class="ix" id="ix{pk}" data-ch="{channel}" data-kind="{kind}"{direction}>'
    '<span class="glyph" data-ch="{channel}" title="{label}">{glyph}</span>'
    '<div><div class="hd"><b{who_lang}>{who}</b>{did}{robot}{to}'
    '<time datetime="{iso}">{clock}</time>{keep}</div>\n'
    '<div class="bd"{body_lang}>{body}{fold}{files}</div></div>'
)
END = mark_safe("</article>")
FILE = (
    '<a class="file" href="{url}"{target}><span class="thumb-i">{icon}</span>'
    '<span><span class="break"{lang}>{name}</span><br><span class="meta">{size}</span></span></a>'
)
PICTURE = (
    '<a class="pic" href="{url}" target="_blank" rel="noopener">'
    '<img src="{url}" alt="{name}" loading="lazy"></a>'
)
KEEP = '<a class="keep" data-remember href="{url}" title="{word}" aria-label="{word}">{icon}</a>'
FOLD = '<p class="fold" hx-target="closest .bd" hx-swap="innerHTML">{}</p>'
PART = '<a href="{url}" hx-get="{url}">{word}</a>'


@dataclass(frozen=True, slots=True)
class Bubble:
    """An interaction as it is shown; ``markup`` leaves its ``article`` open for the footer.

    ``promotable`` is what a third party answered in confidence.
    """

    pk: int
    markup: SafeString
    post: Post | None
    promotable: bool = False

    @property
    def plain(self) -> str:
        """The whole of it where nothing follows the text, else nothing."""
        return "" if self.post or self.promotable else self.markup + END


@dataclass(frozen=True, slots=True)
class Words:
    """What all bubbles of a case say alike, in the reader's language; where links lead."""

    came: dict[str, str]
    went: dict[str, str]
    channels: dict[str, str]
    noted: str
    robot: str
    aside: str
    keep: str
    keep_word: str
    keep_icon: str
    show_all: str
    original: str
    source: str
    messages: str
    inputs: str
    files: str
    customer: str
    addresses: frozenset[str]
    known: bool

    @classmethod
    def of(cls, case: Case, *, known: bool, keep: str = "") -> Words:
        customer = case.customer
        name = customer.form_of_address or customer.display_name(masked=not known)
        return cls(
            known=known,
            came={channel: str(word) for channel, word in CAME.items()},
            went={channel: str(word) for channel, word in WENT.items()},
            channels={value: str(label) for value, label in Channel.choices},
            noted=_("left an internal note"),
            robot=f'<span class="tag">{icon_markup("robot")}{escape(_("automatic"))}</span>',
            aside=f'<span class="tag">{icon_markup("lock")}{escape(_("internal"))}</span>',
            keep=keep if known else "",
            keep_word=escape(_("Remember something of this message")),
            keep_icon=icon_markup("pin", "i-s"),
            show_all=escape(_("Show all")),
            original=escape(_("Original layout")),
            source=escape(_("As it arrived")),
            messages=reverse("desk:interaction", args=[0]).removesuffix("0/"),
            inputs=reverse("desk:input", args=[0]).removesuffix("0/"),
            files=reverse("desk:attachment", args=[0]).removesuffix("0/"),
            customer=name,
            addresses=frozenset(one.value for one in customer.identities.all()),
        )


def make_bubbles(
    interactions: Sequence[Interaction],
    case: Case,
    names: Names,
    *,
    known: bool,
    keep: str = "",
) -> list[Bubble]:
    """Work out bubbles of what ``for_bubbles`` has loaded, with one query for all their files.

    ``known``: whether the reader may read the customer's addresses. ``keep``: where they may
    note what stands in a message, empty when they may not.
    """
    words, cards = Words.of(case, known=known, keep=keep), Cards()
    keys = [one.pk for one in interactions]
    files: defaultdict[int, list[Attachment]] = defaultdict(list)
    for file in _files(keys):
        files[file.interaction_id].append(file)
    return [_bubble(one, files[one.pk], names, words, cards) for one in interactions]


def _files(keys: Sequence[int]) -> list[Attachment]:
    if not keys:
        return []
    places = prepared.slots(keys)

    def compose() -> QuerySet[Attachment]:
        return Attachment.objects.filter(interaction__in=list(places)).order_by("pk")

    return prepared.load(("files", len(places)), compose, places=places)


def _bubble(
    interaction: Interaction,
    files: Sequence[Attachment],
    names: Names,
    words: Words,
    cards: Cards,
) -> Bubble:
    delivery = getattr(interaction, "delivery", None)
    inbound = interaction.direction == Direction.INBOUND
    channel = interaction.channel
    text: str = interaction.shown  # type: ignore[attr-defined]
    who = _sender(interaction, words) if inbound else names.doer(interaction.author_id)
    said = (words.came if inbound else words.went).get(channel, "")
    to = _addressed(interaction, words)
    markup = MARKUP.format(
        pk=interaction.pk,
        channel=escape(channel),
        kind=escape(_kind(interaction)),
        direction="" if inbound or interaction.is_internal else ' data-dir="out"',
        label=escape(words.channels.get(channel, channel)),
        glyph=channel_icon(channel),
        who=escape(who),
        who_lang=lang_attribute(who),
        did=escape(words.noted if channel == Channel.INTERNAL else said),
        robot=_tags(interaction, words),
        to=f'<span class="break">{escape(to)}</span>' if to else "",
        keep=_keep(interaction, words),
        iso=iso_minute(interaction.received_at),
        clock=f"{timezone.localtime(interaction.received_at):%H:%M}",
        body=paragraphs(text[:SHOWN_LENGTH], mentions=interaction.is_internal),
        body_lang=lang_attribute(text[:400]),
        fold=_fold(interaction, words, inbound=inbound, long=len(text) > SHOWN_LENGTH),
        files=cards.of(files) + "".join(_file(file, words, ours=not inbound) for file in files),
    )
    post = make_post(delivery) if delivery else None
    aside = interaction.is_internal and channel != Channel.INTERNAL
    shown = mark_safe(markup)  # noqa: S308 - every text is escaped
    return Bubble(interaction.pk, shown, post, promotable=aside and inbound)


def _tags(interaction: Interaction, words: Words) -> str:
    """What sets a message apart: a machine wrote it, or it is between us and a third party."""
    aside = interaction.is_internal and interaction.channel != Channel.INTERNAL
    return (words.robot if interaction.automatic else "") + (words.aside if aside else "")


def _keep(interaction: Interaction, words: Words) -> str:
    """The way to remember something of a message."""
    if not words.keep:
        return ""
    url = f"{words.keep}{interaction.pk}"
    return KEEP.format(url=url, word=words.keep_word, icon=words.keep_icon)


def _fold(interaction: Interaction, words: Words, *, inbound: bool, long: bool) -> str:
    """The ways to the rest of a message: its quotes and signature, its own layout."""
    url = f"{words.messages}{interaction.pk}/"
    parts = []
    if long or (inbound and interaction.is_folded):  # type: ignore[attr-defined]
        parts.append(PART.format(url=url, word=words.show_all))
    if interaction.has_html:  # type: ignore[attr-defined]
        parts.append(PART.format(url=f"{url}?original=1", word=words.original))
    if source := getattr(interaction, "source", None):
        parts.append(f'<a href="{words.inputs}{source}/">{words.source}</a>')
    return FOLD.format(" ".join(parts)) if parts else ""


def for_bubbles(interactions: InteractionQuerySet, user: User) -> InteractionQuerySet:
    """Load all that bubbles show, and of long texts only what they show, in one query."""
    return (
        interactions.select_related("delivery")
        .annotate(
            shown=Left("text_folded", SHOWN_LENGTH + 1),
            is_folded=~Q(text=F("text_folded")),
            has_html=~Q(html=""),
            **_sources(user),
        )
        .only(*SHOWN_FIELDS)
    )


def _sources(user: User) -> dict[str, Any]:
    """The key of what arrived, as it arrived, where this person leads the account's team."""
    if user.is_superuser:
        return {"source": F("inbound__pk")}
    if not user.led_team_ids:
        return {}
    led = When(inbound__account__team_id__in=user.led_team_ids, then=F("inbound__pk"))
    return {"source": Choose(led)}


def _sender(interaction: Interaction, words: Words) -> str:
    if not interaction.sender_value or interaction.sender_value in words.addresses:
        return words.customer
    return interaction.sender_name or interaction.sender_value


def _kind(interaction: Interaction) -> str:
    """The dress of a bubble: notes, what was spoken, and what was written look unlike."""
    if interaction.is_internal:
        return "note"
    spoken = interaction.channel in {Channel.PHONE, Channel.RECEPTION}
    return "call" if spoken else interaction.channel


def _addressed(interaction: Interaction, words: Words) -> str:
    """Whom a message went to, where that is not simply the customer, or us alone."""
    if not (interaction.recipients or interaction.copies or interaction.reply_to):
        return ""
    to = [party.get("value", "") for party in interaction.recipients]
    copies = [party.get("value", "") for party in interaction.copies]
    parts = []
    plain = len(to) == 1 and to[0] in words.addresses
    ours = interaction.direction == Direction.OUTBOUND
    if to and not plain and (ours or len(to) > 1):
        parts.append(_("to %(addresses)s") % {"addresses": ", ".join(to)})
    if copies:
        parts.append(_("copy to %(addresses)s") % {"addresses": ", ".join(copies)})
    if interaction.reply_to and words.known:
        values = ", ".join(party.get("value", "") for party in interaction.reply_to)
        parts.append(_("answers to %(addresses)s") % {"addresses": values})
    return " · ".join(parts)


def _file(attachment: Attachment, words: Words, *, ours: bool) -> str:
    """A file as a link: pictures and PDF open beside the page, the rest is kept.

    A picture that an agent put into the text is shown; a customer's waits until it is asked for.
    """
    viewable = attachment.content_type in VIEWABLE
    name = attachment.name or _("file without a name")
    if ours and attachment.content_id and viewable:
        url = f"{words.files}{attachment.pk}/?view=1"
        return PICTURE.format(url=url, name=escape(name))
    return FILE.format(
        url=f"{words.files}{attachment.pk}/{'?view=1' if viewable else ''}",
        target=' target="_blank" rel="noopener"' if viewable else "",
        icon=icon_markup("photo" if viewable else "file-text"),
        lang=lang_attribute(name),
        name=escape(name),
        size=escape(filesizeformat(attachment.size)),
    )
