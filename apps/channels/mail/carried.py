"""Words for a mail that has none of its own: those of the mail or the invitation it carries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.channels.mail.bodies import MAX_TEXT, read_body, read_text
from apps.channels.mail.cleaning import clean_html
from apps.channels.mail.mime import Part, Reader
from apps.channels.mail.plaintext import html_to_text
from apps.channels.mail.words import decode_text
from apps.common.meetings import MAX_LENGTH, Meeting, answer_of, read_meeting

MAX_CARRIED = 5
MAX_MESSAGE = 4 * MAX_TEXT
_HAN = re.compile(r"[\u3400-\u9fff]")
_HEADERS = (("From", "from"), ("Date", "date"), ("Subject", "subject"), ("To", "to"))


def words_of(files: Iterable[Part]) -> str:
    """The text of the first messages and invitations among files; "" when there are none."""
    carried = [one for one in files if one.type in {"message/rfc822", "text/calendar"}]
    found = (_message(one) if one.type[0] == "m" else _invitation(one) for one in carried)
    return "\n\n".join(one for _turn, one in zip(range(MAX_CARRIED), found, strict=False) if one)


def _message(part: Part) -> str:
    """A message within the message, as mail programs pass one on."""
    mail = Reader(part.content(MAX_MESSAGE)).read()
    body = read_body(mail)
    text = body.text or (html_to_text(clean_html(body.html)) if body.html else "")
    lines = ["---------- Forwarded message ----------"]
    lines += [
        f"{label}: {decode_text(value)[:500]}"
        for label, name in _HEADERS
        if (value := mail.first(name))
    ]
    return "\n".join([*lines, "", text]).strip()


def _invitation(part: Part) -> str:
    """A meeting, one fact a line; the few words that it needs are in the language of its own."""
    meeting = read_meeting(read_text(part, MAX_LENGTH))
    if meeting is None:
        return ""
    with translation.override(_language(meeting)):
        what = meeting.summary or _("Meeting")
        if meeting.is_cancelled:
            what = _("Cancelled: %(what)s") % {"what": what}
        elif answered := answer_of(meeting):
            what = answered % {"what": what}
        when = " · ".join([_span(meeting), *([_("repeats")] if meeting.repeats else [])])
    rows = [what, when, meeting.location, meeting.organiser, ", ".join(meeting.people)]
    rows += [meeting.comment, meeting.description]
    return "\n".join(row for row in rows if row)


def _language(meeting: Meeting) -> str:
    """Whoever reads it at the desk reads it as it came, so no setting of ours decides."""
    told = (meeting.summary, meeting.location, meeting.organiser, meeting.comment)
    chinese = _HAN.search(" ".join(told))
    return "zh-hans" if chinese else "en"


def _span(meeting: Meeting) -> str:
    """The time in the portal's zone; whoever reads it at the desk sees it in their own."""
    moments = [one for one in (meeting.start, meeting.end) if one is not None]
    if not isinstance(meeting.start, datetime):
        return " – ".join(dict.fromkeys(f"{one:%Y-%m-%d}" for one in moments))
    zone = timezone.get_default_timezone()
    local = [
        one.astimezone(zone) if isinstance(one, datetime) and one.tzinfo else one for one in moments
    ]
    text = " – ".join(f"{one:%Y-%m-%d %H:%M}" for one in local)
    return f"{text} ({timezone.get_default_timezone_name()})" if meeting.start.tzinfo else text
