"""Invitations in a conversation: what, when in the reader's zone, where and who."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from html import escape
from itertools import islice

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.cases.models import Attachment
from apps.common.icons import icon_markup
from apps.common.meetings import MAX_LENGTH, Meeting, answer_of, read_meeting
from apps.common.text import day_and_time

CALENDARS = frozenset({"text/calendar", "application/ics"})
CARD = (
    '<div class="file"><span class="thumb-i">{icon}</span><span><b class="break">{what}</b>'
    "{lines}</span></div>"
)
LINE = '<br><span class="meta">{label}</span> <span class="break">{value}</span>'
SHOWN_PEOPLE = 5
SHOWN_CALENDARS = 3
# Bytes of calendars that one page reads, each opening counted as some: a tenth of a second.
MAX_READ = 256 * 1024
OPENING = 4096


class Cards:
    """The cards of one page: so many calendars are opened for it, and no more is read of them.

    A calendar beyond that, and one that is broken, is a file as any other.
    """

    def __init__(self) -> None:
        self._left = MAX_READ

    def of(self, files: Iterable[Attachment]) -> str:
        """The markup of the first calendars among the files of one message."""
        calendars = (one for one in files if one.content_type in CALENDARS)
        return "".join(self._of_one(one) for one in islice(calendars, SHOWN_CALENDARS))

    def _of_one(self, calendar: Attachment) -> str:
        length = min(calendar.size, MAX_LENGTH)
        if length + OPENING > self._left:
            return ""
        self._left -= length + OPENING
        try:
            with calendar.file.open("rb") as file:
                head = file.read(length)
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
    elif answered := answer_of(meeting):
        what = answered % {"what": what}
    more = len(meeting.people) - SHOWN_PEOPLE
    people = ", ".join(meeting.people[:SHOWN_PEOPLE]) + (f" +{more}" if more > 0 else "")
    when = " · ".join([_span(meeting), *([_("repeats")] if meeting.repeats else [])])
    rows = [
        (_("When"), when),
        (pgettext("place of a meeting", "Where"), meeting.location),
        (_("Organiser"), meeting.organiser),
        (_("Guests"), people),
        (_("Comment"), meeting.comment),
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
    text = day_and_time(_day(begins.date()), f"{begins:%H:%M}")
    if isinstance(end, datetime):
        ends = _local(end, zone)
        same = ends.date() == begins.date()
        clock = f"{ends:%H:%M}"
        text += f"–{clock}" if same else f" – {day_and_time(_day(ends.date()), clock)}"
    if start.tzinfo is None:
        return _("%(time)s, local time there") % {"time": text}
    return f"{text} ({timezone.get_current_timezone_name()})"


def _local(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone) if moment.tzinfo else moment


def _day(day: date) -> str:
    return date_format(day, pgettext("day in a conversation", "l j F Y"))
