"""Invitations in a conversation: what, when in the reader's zone, where and who."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from html import escape

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.cases.models import Attachment
from apps.common.icons import icon_markup
from apps.common.meetings import MAX_LENGTH, Meeting, read_meeting

CALENDARS = frozenset({"text/calendar", "application/ics"})
CARD = (
    '<div class="file"><span class="thumb-i">{icon}</span><span><b class="break">{what}</b>'
    "{lines}</span></div>"
)
LINE = '<br><span class="meta">{label}</span> <span class="break">{value}</span>'
SHOWN_PEOPLE = 5


def invitation(attachment: Attachment) -> str:
    """The markup of a calendar's meeting; "" for any other file, and for one that is broken."""
    if attachment.content_type not in CALENDARS:
        return ""
    try:
        with attachment.file.open("rb") as file:
            head = file.read(MAX_LENGTH)
    except OSError:
        return ""
    meeting = read_meeting(_text(head))
    return _card(meeting) if meeting else ""


def _text(head: bytes) -> str:
    """Calendars are UTF-8 (RFC 5545, 3.1.4); old Chinese programs write their own charset."""
    try:
        return head.decode()
    except UnicodeDecodeError:
        return head.decode("gb18030", "replace")


def _card(meeting: Meeting) -> str:
    what = meeting.summary or _("Meeting")
    if meeting.is_cancelled:
        what = _("Cancelled: %(what)s") % {"what": what}
    more = len(meeting.people) - SHOWN_PEOPLE
    people = ", ".join(meeting.people[:SHOWN_PEOPLE]) + (f" +{more}" if more > 0 else "")
    when = _span(meeting) + (f" · {_('repeats')}" if meeting.repeats else "")
    rows = [
        (_("When"), when),
        (_("Where"), meeting.location),
        (_("Organiser"), meeting.organiser),
        (_("Guests"), people),
    ]
    lines = [
        LINE.format(label=escape(label), value=escape(value)) for label, value in rows if value
    ]
    return CARD.format(icon=icon_markup("clock"), what=escape(what), lines="".join(lines))


def _span(meeting: Meeting) -> str:
    start, end = meeting.start, meeting.end
    if not isinstance(start, datetime):
        first, last = _day(start), _day(end) if end and end > start else ""
        return f"{first} – {last}" if last else first
    zone = timezone.get_current_timezone()
    begins = _local(start, zone)
    text = f"{_day(begins.date())}, {begins:%H:%M}"
    if isinstance(end, datetime):
        ends = _local(end, zone)
        same = ends.date() == begins.date()
        text += f"–{ends:%H:%M}" if same else f" – {_day(ends.date())}, {ends:%H:%M}"
    if start.tzinfo is None:
        return _("%(time)s, local time there") % {"time": text}
    return f"{text} ({timezone.get_current_timezone_name()})"


def _local(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone) if moment.tzinfo else moment


def _day(day: date) -> str:
    return date_format(day, pgettext("day in a conversation", "l j F Y"))
