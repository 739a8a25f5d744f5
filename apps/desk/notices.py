"""What a person is told, line by line: on their page, and on their desktop."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from apps.accounts.domain import presence_at
from apps.accounts.enums import Presence
from apps.accounts.models import User
from apps.cases.hearing import PRESENCE
from apps.common.icons import icon_markup
from apps.live.domain import is_here
from apps.notifications.domain import wish_of
from apps.notifications.enums import Kind, Place
from apps.notifications.models import Notification

PAGE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ICONS: dict[str, str] = {
    Kind.ASSIGNED: "user-check",
    Kind.HANDOVER_OFFERED: "user-question",
    Kind.HANDOVER_ACCEPTED: "user-check",
    Kind.HANDOVER_DECLINED: "user-minus",
    Kind.HANDOVER_OVER: "x",
    Kind.MENTIONED: "at",
    Kind.MESSAGE_RECEIVED: "mail",
    Kind.NOTE_LEFT: "lock",
    Kind.DELIVERY_FAILED: "alert-triangle",
    Kind.DELIVERY_IN_DOUBT: "alert-triangle",
    Kind.CONFIRMED: "checks",
    Kind.REOPENED: "arrow-back-up",
    Kind.MERGED: "link",
    Kind.PROMISE_GIVEN: "clock-heart",
    Kind.PROMISE_DUE: "clock",
    Kind.PROMISE_AT_RISK: "hourglass-low",
    Kind.PROMISE_BROKEN: "clock-x",
}


@dataclass(frozen=True, slots=True)
class Line:
    """``count`` says how often it happened, where that is more than once."""

    pk: int
    icon: SafeString
    label: str
    count: str
    who: str
    number: str
    subject: str
    at: datetime
    is_unread: bool


@dataclass(frozen=True, slots=True)
class Notices:
    """One page, the newest first. ``following`` is where the next one begins, if there is one."""

    lines: list[Line]
    following: str
    only_unread: bool

    @property
    def has_unread(self) -> bool:
        return any(line.is_unread for line in self.lines)

    @property
    def newest(self) -> datetime | None:
        return self.lines[0].at if self.lines else None


def find(user: User, *, only_unread: bool = False, after: str = "") -> Notices:
    """One page of what the person was told and may still know of."""
    wanted = Notification.objects.visible_to(user).wanted(Place.PAGE)
    if only_unread:
        wanted = wanted.unread()
    if position := _position(after):
        at, pk = position
        wanted = wanted.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))
    rows = list(_with_case(wanted.newest_first())[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Notices(
        lines=_lines(rows[:PAGE]),
        following=f"{(last.at - EPOCH) // timedelta(microseconds=1)}.{last.pk}" if last else "",
        only_unread=only_unread,
    )


def for_desktop(user: User, pk: int) -> dict[str, str] | None:
    """What a browser shows outside its window; nothing where the person wants or needs none.

    Words of customers stand in it only when the person chose that.
    """
    lines = Notification.objects.visible_to(user).unread().wanted(Place.DESKTOP)
    row = _with_case(lines.filter(pk=pk)).first()
    if row is None or is_here(topic=PRESENCE, object_id=row.case_id, user=user, at=timezone.now()):
        return None
    wish = wish_of(user)
    if wish.desktop_quiet and presence_at(user) != Presence.AVAILABLE:
        return None
    line = _lines([row])[0]
    said = [line.who, line.count, line.subject if wish.desktop_words else ""]
    return {
        "stamp": f"{row.pk}.{row.count}",
        "title": _("%(what)s: %(number)s") % {"what": line.label, "number": line.number},
        "body": pgettext("between the items of a list", ", ").join(filter(None, said)),
        "url": reverse("desk:case", args=[line.number]),
    }


def _with_case(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    return rows.select_related("case", "actor").defer("case__need", "case__snippet")


def _lines(rows: Iterable[Notification]) -> list[Line]:
    return [
        Line(
            pk=row.pk,
            icon=icon_markup(ICONS.get(row.kind, "bell"), "i-s"),
            label=str(Kind(row.kind).label),
            count=_times(row.count),
            who=row.actor.name if row.actor else "",
            number=row.case.number,
            subject=row.case.subject,
            at=row.at,
            is_unread=row.read_at is None,
        )
        for row in rows
    ]


def _times(count: int) -> str:
    if count == 1:
        return ""
    return ngettext("%(count)d time", "%(count)d times", count) % {"count": count}


def _position(text: str) -> tuple[datetime, int] | None:
    """Where a page begins; whatever is no position means the first one."""
    try:
        moment, pk = text.split(".")
        return EPOCH + timedelta(microseconds=int(moment)), int(pk)
    except (ValueError, OverflowError):
        return None
