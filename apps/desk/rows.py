"""Rows of case lists: everything that a template shows, worked out once and in few words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases.enums import Channel, Kind, Priority, Status
from apps.cases.models import Case
from apps.common.icons import icon_markup
from apps.common.text import HAN, excerpt, iso_minute, lang_attribute, short_span, short_time
from apps.desk.inbox import Group, moment_of
from apps.desk.rings import Ring, ring_of
from apps.promises.models import Promise

CHANNEL_ICONS: dict[str, str] = {
    Channel.EMAIL: "mail",
    Channel.PHONE: "phone",
    Channel.FAX: "printer",
    Channel.WEB: "world",
    Channel.BBS: "messages",
    Channel.RECEPTION: "walk",
    Channel.INTERNAL: "lock",
}
STATUS_TINTS: dict[str, str] = {
    Status.NEW: "calm",
    Status.OPEN: "calm",
    Status.WAITING: "later",
    Status.RESOLVED: "kept",
    Status.CLOSED: "later",
}
PRIORITY_TINTS: dict[str, str] = {Priority.URGENT: "late", Priority.HIGH: "soon"}
# as many narrow characters as a line holds; a Chinese one is twice as wide
SUBJECT_LENGTH = 52
SNIPPET_LENGTH = 44
MOST_TAGS = 2
BESIDE_TAGS = 10  # what is left of a line beside two tags


# The greater part of a page is rows, and fifty of them in template tags cost more than all
# the rest of it together: hence this one piece of markup in code. Every text is escaped.
MARKUP = (
    '<a class="case" href="{base}{number}/{suffix}"{current}{read}>'
    "{mark}"
    '<span class="l1"><b{name_lang}>{name}</b>{org}'
    "{time}{new}</span>"
    '<span class="l2 clip"{subject_lang}>{subject}</span>'
    '<span class="l3">{draft}{tags}<span class="txt clip"{snippet_lang}>{snippet}</span></span>'
    "</a>\n"
)
GLYPH = '<span class="glyph" data-ch="{}" title="{}">{}</span>'
ORG = '<span class="org clip"{}>{}</span>'
TIME = '<time datetime="{}">{}</time>'
TAG = '<span class="tag" data-state="{}">{}</span>'
DRAFT = '<span class="tag tag-o">{}{}</span>'
NEW = '<span class="new"></span>'
NOTHING = mark_safe("")
READ, CURRENT = " data-read", ' aria-current="true"'


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list. ``iso`` and ``span`` tell the time that the order goes by."""

    number: str
    channel: str
    channel_label: str
    glyph: SafeString
    name: str
    org: str
    iso: str
    span: str
    unread: bool
    subject: str
    tags: list[tuple[str, str]]
    snippet: str
    draft: SafeString
    ring: Ring | None = None

    @property
    def mark(self) -> str:
        """The channel; in a ring where something is promised."""
        if self.ring is None:
            return GLYPH.format(escape(self.channel), escape(self.channel_label), self.glyph)
        return self.ring.markup(
            icon=icon_name(self.channel), channel=self.channel, label=self.channel_label
        )

    @property
    def time(self) -> str:
        """How long ago it was, or what is left until the promise breaks."""
        return TIME.format(self.iso, escape(self.span)) if self.ring is None else self.ring.left()

    @property
    def subject_lang(self) -> SafeString:
        return lang_attribute(self.subject)

    def markup(self, base: str, suffix: str, current: str) -> SafeString:
        """The row as a link to its case; ``suffix`` keeps the list's choice in the address."""
        return mark_safe(  # noqa: S308 - every text below is escaped
            MARKUP.format(
                base=base,
                number=self.number,
                suffix=escape(suffix),
                current=CURRENT if self.number == current else "",
                read="" if self.unread else READ,
                mark=self.mark,
                name_lang=lang_attribute(self.name),
                name=escape(self.name),
                org=ORG.format(lang_attribute(self.org), escape(self.org)) if self.org else "",
                time=self.time,
                new=NEW if self.unread else "",
                subject_lang=lang_attribute(self.subject),
                subject=escape(self.subject),
                draft=self.draft,
                tags="".join(TAG.format(tint, escape(word)) for tint, word in self.tags),
                snippet_lang=lang_attribute(self.snippet),
                snippet=escape(self.snippet),
            )
        )


@dataclass(frozen=True, slots=True)
class Labels:
    """Words that all rows of a page share, looked up once in the reader's language."""

    channels: dict[str, str]
    untitled: str
    complaint: str
    draft: SafeString
    priorities: dict[str, str]

    @classmethod
    def now(cls) -> Labels:
        return cls(
            channels={value: str(label) for value, label in Channel.choices},
            untitled=_("(no subject)"),
            complaint=str(Kind.COMPLAINT.label),
            draft=format_html(DRAFT, icon_markup("pencil"), _("Draft")),
            priorities={value: str(Priority(value).label) for value in PRIORITY_TINTS},
        )


def icon_name(channel: str) -> str:
    return CHANNEL_ICONS.get(channel, "mail")


def channel_icon(channel: str, classes: str = "") -> SafeString:
    return icon_markup(icon_name(channel), classes)


def channel_label(channel: str) -> str:
    return str(Channel(channel).label) if channel in Channel.values else channel


def make_rows(cases: Iterable[Case], group: Group | None, user: User) -> list[Row]:
    """Rows for a list in which every case is one that the reader may see.

    ``group`` says which time the list is ordered by. Costs no query when customer,
    organisation and owner are loaded, and the addresses of those without a name.
    """
    labels, now = Labels.now(), timezone.now()
    return [_row(case, group, user, labels, now) for case in cases]


def _row(case: Case, group: Group | None, user: User, labels: Labels, now: datetime) -> Row:
    since = moment_of(case, group)
    channel = case.last_channel or case.channel
    customer = case.customer
    promise = getattr(case, "first_promise", None) if group is Group.DUE else None
    ring = ring_of(promise, now) if promise else None
    shown = customer.form_of_address or customer.display_name(masked=not case.reveals_customer)
    name = excerpt(shown, 40)
    org = excerpt(customer.organisation.name, 30) if customer.organisation else ""
    subject = _fit(case.subject, SUBJECT_LENGTH) or labels.untitled
    tags = (_promised(promise, ring, now) + _tags(case, user, labels))[:MOST_TAGS]
    length = BESIDE_TAGS if len(tags) == MOST_TAGS else SNIPPET_LENGTH
    return Row(
        number=case.number,
        channel=channel,
        channel_label=labels.channels.get(channel, channel),
        glyph=channel_icon(channel),
        name=name,
        org=org,
        iso=iso_minute(since),
        span=short_span(now - since),
        unread=case.status == Status.NEW,
        subject=subject,
        tags=tags,
        snippet=_fit(case.snippet, length),
        draft=labels.draft if getattr(case, "has_draft", False) else NOTHING,
        ring=ring,
    )


def _fit(text: str, width: int) -> str:
    """The beginning of a text that fills a line of so many narrow characters."""
    return excerpt(text, width - len(HAN.findall(text[:width])) // 2)


def _promised(promise: Promise | None, ring: Ring | None, now: datetime) -> list[tuple[str, str]]:
    """What is promised until when, in the colour of its state."""
    if promise is None or ring is None:
        return []
    words = {"what": promise.label, "time": short_time(promise.deadline, now=now)}
    return [(ring.state, _("%(what)s %(time)s") % words)]


def _tags(case: Case, user: User, labels: Labels) -> list[tuple[str, str]]:
    """What makes this case unlike its neighbours, as (tint, word)."""
    tags: list[tuple[str, str]] = []
    if case.kind == Kind.COMPLAINT:
        tags.append(("late", labels.complaint))
    if tint := PRIORITY_TINTS.get(case.priority):
        tags.append((tint, labels.priorities[case.priority]))
    if case.owner_id and case.owner_id != user.pk and case.owner:
        tags.append(("later", excerpt(case.owner.name, 20)))
    return tags
