"""Rows of case lists: everything that a template shows, worked out once and in few words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases.enums import Channel, Kind, Priority, Status
from apps.cases.models import Case
from apps.common.icons import icon_markup
from apps.common.text import excerpt, iso_minute, lang_attribute, short_span
from apps.desk.inbox import Group

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


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list. ``since`` is the time that the order goes by."""

    number: str
    channel: str
    channel_label: str
    glyph: SafeString
    name: str
    name_lang: SafeString
    org: str
    org_lang: SafeString
    iso: str
    span: str
    unread: bool
    subject: str
    subject_lang: SafeString
    tags: list[tuple[str, str]]
    snippet: str
    snippet_lang: SafeString


def channel_icon(channel: str, classes: str = "") -> SafeString:
    return icon_markup(CHANNEL_ICONS.get(channel, "mail"), classes)


def channel_label(channel: str) -> str:
    return str(Channel(channel).label) if channel in Channel.values else channel


def make_row(case: Case, group: Group | None, user: User, now: datetime | None = None) -> Row:
    """A row for a list in which every case is one that the reader may see."""
    since = (
        case.waiting_since if group is Group.US and case.waiting_since else case.last_activity_at
    )
    channel = case.last_channel or case.channel
    name = excerpt(case.customer.display_name(), 40)
    org = excerpt(case.customer.organisation.name, 30) if case.customer.organisation else ""
    subject = excerpt(case.subject, SUBJECT_LENGTH) or _("(no subject)")
    snippet = excerpt(case.snippet, SNIPPET_LENGTH)
    return Row(
        number=case.number,
        channel=channel,
        channel_label=channel_label(channel),
        glyph=channel_icon(channel),
        name=name,
        name_lang=lang_attribute(name),
        org=org,
        org_lang=lang_attribute(org),
        iso=iso_minute(since),
        span=short_span((now or timezone.now()) - since),
        unread=case.status == Status.NEW,
        subject=subject,
        subject_lang=lang_attribute(subject),
        tags=_tags(case, user),
        snippet=snippet,
        snippet_lang=lang_attribute(snippet),
    )


def _tags(case: Case, user: User) -> list[tuple[str, str]]:
    """At most two: what makes this case unlike its neighbours, as (attribute, word)."""
    tags: list[tuple[str, str]] = []
    if case.kind == Kind.COMPLAINT:
        tags.append(("late", str(case.get_kind_display())))
    if tint := PRIORITY_TINTS.get(case.priority):
        tags.append((tint, str(case.get_priority_display())))
    if case.owner and case.owner != user:
        tags.append(("later", excerpt(case.owner.name, 20)))
    return tags[:2]
