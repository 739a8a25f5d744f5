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
from apps.common.text import excerpt, iso_minute, lang_attribute, short_span
from apps.desk.inbox import Group, moment_of

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
SUBJECT_LENGTH = 60
SNIPPET_LENGTH = 48


# The greater part of a page is rows, and fifty of them in template tags cost more than all
# the rest of it together: hence this one piece of markup in code. Every text is escaped.
MARKUP = (
    '<a class="case" href="{base}{number}/{suffix}"{current}{read}>'
    '<span class="glyph" data-ch="{channel}" title="{channel_label}">{glyph}</span>'
    '<span class="l1"><b{name_lang}>{name}</b><span class="org clip"{org_lang}>{org}</span>'
    '<time datetime="{iso}">{span}</time>{new}</span>'
    '<span class="l2 clip"{subject_lang}>{subject}</span>'
    '<span class="l3">{draft}{tags}<span class="txt clip"{snippet_lang}>{snippet}</span></span>'
    "</a>\n"
)
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
                channel=escape(self.channel),
                channel_label=escape(self.channel_label),
                glyph=self.glyph,
                name_lang=lang_attribute(self.name),
                name=escape(self.name),
                org_lang=lang_attribute(self.org),
                org=escape(self.org),
                iso=self.iso,
                span=escape(self.span),
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


def channel_icon(channel: str, classes: str = "") -> SafeString:
    return icon_markup(CHANNEL_ICONS.get(channel, "mail"), classes)


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
    shown = customer.form_of_address or customer.display_name(masked=not case.reveals_customer)
    name = excerpt(shown, 40)
    org = excerpt(customer.organisation.name, 30) if customer.organisation else ""
    subject = excerpt(case.subject, SUBJECT_LENGTH) or labels.untitled
    snippet = excerpt(case.snippet, SNIPPET_LENGTH)
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
        tags=_tags(case, user, labels),
        snippet=snippet,
        draft=labels.draft if getattr(case, "has_draft", False) else NOTHING,
    )


def _tags(case: Case, user: User, labels: Labels) -> list[tuple[str, str]]:
    """At most two: what makes this case unlike its neighbours, as (tint, word)."""
    tags: list[tuple[str, str]] = []
    if case.kind == Kind.COMPLAINT:
        tags.append(("late", labels.complaint))
    if tint := PRIORITY_TINTS.get(case.priority):
        tags.append((tint, labels.priorities[case.priority]))
    if case.owner_id and case.owner_id != user.pk and case.owner:
        tags.append(("later", excerpt(case.owner.name, 20)))
    return tags[:2]
