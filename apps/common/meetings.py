"""Invitations (iCalendar, RFC 5545) as what a person wants to know: what, when, where, who.

Reads the first meeting of a calendar, whatever is broken around it; nothing is computed from
rules of repetition. Bounded by the length that is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

MAX_LENGTH = 64 * 1024
MAX_TEXT = 300
MAX_DESCRIPTION = 5000
MAX_PEOPLE = 20
# Beyond these nobody is invited, and a day more or another zone leaves what dates can say.
FIRST_YEAR, LAST_YEAR = 1970, 2200

_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(
    r"([A-Za-z-]{1,40})((?:;[^:;=\"]{1,40}=(?:\"[^\"]{0,300}\"|[^:;\"]{0,300}))*+):(.*)"
)
_PARAMETER = re.compile(r";([^:;=\"]{1,40})=(?:\"([^\"]{0,300})\"|([^:;\"]{0,300}))")
_ESCAPE = re.compile(r"\\([\\;,nN])")
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?")
_LENGTH = re.compile(
    r"P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:\d+S)?)?"
)
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)")
# What Windows calls the zones that customers and we are likely to live in.
_WINDOWS = {
    "China Standard Time": "Asia/Shanghai",
    "Taipei Standard Time": "Asia/Taipei",
    "Singapore Standard Time": "Asia/Singapore",
    "Tokyo Standard Time": "Asia/Tokyo",
    "Korea Standard Time": "Asia/Seoul",
    "India Standard Time": "Asia/Kolkata",
    "AUS Eastern Standard Time": "Australia/Sydney",
    "GMT Standard Time": "Europe/London",
    "W. Europe Standard Time": "Europe/Berlin",
    "Romance Standard Time": "Europe/Paris",
    "Central Europe Standard Time": "Europe/Budapest",
    "Russian Standard Time": "Europe/Moscow",
    "Eastern Standard Time": "America/New_York",
    "Central Standard Time": "America/Chicago",
    "Mountain Standard Time": "America/Denver",
    "Pacific Standard Time": "America/Los_Angeles",
}


@dataclass(frozen=True, slots=True)
class Meeting:
    """``start`` and ``end`` are dates for whole days; a datetime without a zone floats.

    ``end`` of whole days is the last of them. ``method`` is lower case: request, cancel, reply.
    ``answer`` is what the guest of a reply says (RFC 5545, 3.2.12), lower case.
    """

    summary: str
    start: date | datetime
    end: date | datetime | None = None
    location: str = ""
    organiser: str = ""
    people: tuple[str, ...] = ()
    method: str = ""
    repeats: bool = False
    answer: str = ""
    comment: str = ""
    description: str = ""

    @property
    def is_cancelled(self) -> bool:
        return self.method == "cancel"


def answer_of(meeting: Meeting) -> str:
    """The sentence for what a guest answered, with a place for ``what``; "" for no answer."""
    match meeting.answer:
        case "accepted":
            return _("Accepted: %(what)s")
        case "declined":
            return _("Declined: %(what)s")
        case "tentative":
            return _("Accepted with reservations: %(what)s")
    return _("Answered: %(what)s") if meeting.method == "reply" else ""


@dataclass(frozen=True, slots=True)
class _Property:
    name: str
    parameters: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        plain = _ESCAPE.sub(lambda found: " " if found[1] in "nN" else found[1], self.value)
        return " ".join(plain.split())[:MAX_TEXT]

    @property
    def lines(self) -> str:
        """A longer text with its own lines."""
        plain = _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], self.value)
        return plain.strip()[:MAX_DESCRIPTION]

    @property
    def person(self) -> str:
        """A name, or else the address, of an organiser or a guest."""
        name = self.parameters.get("CN", "").strip()
        return (name or re.sub(r"(?i)^mailto:", "", self.value.strip()))[:MAX_TEXT]


def read_meeting(calendar: str) -> Meeting | None:
    """Return the first meeting of a calendar; None when there is none with a readable start."""
    text = _FOLD.sub("", calendar[:MAX_LENGTH])
    method, offset = "", None
    found: dict[str, _Property] = {}
    people: list[_Property] = []
    within: list[str] = []
    for one in _properties(text):
        if one.name == "BEGIN":
            within.append(one.value.strip().upper())
        elif one.name == "END":
            if within and within.pop() == "VEVENT":
                break
        elif one.name == "METHOD":
            method = one.value.strip().lower()[:20]
        elif one.name == "TZOFFSETTO" and (offset is None or "STANDARD" in within):
            offset = _offset(one.value)
        elif within[-1:] == ["VEVENT"]:
            if one.name == "ATTENDEE":
                people.append(one)
            found.setdefault(one.name, one)
    return _meeting(found, people, method, offset)


def _properties(text: str) -> Iterator[_Property]:
    for line in text.splitlines():
        if match := _LINE.match(line):
            given = {
                name.upper(): quoted or bare for name, quoted, bare in _PARAMETER.findall(match[2])
            }
            yield _Property(match[1].upper(), given, match[3])


def _meeting(
    found: dict[str, _Property], people: list[_Property], method: str, offset: tzinfo | None
) -> Meeting | None:
    start = _moment(found.get("DTSTART"), offset)
    if start is None:
        return None
    end = _end(start, _moment(found.get("DTEND"), offset), found.get("DURATION"))
    status = found["STATUS"].value.strip().lower() if "STATUS" in found else ""
    answers = [one.parameters.get("PARTSTAT", "").lower() for one in people]
    return Meeting(
        summary=found["SUMMARY"].text if "SUMMARY" in found else "",
        start=start,
        end=end,
        location=found["LOCATION"].text if "LOCATION" in found else "",
        organiser=found["ORGANIZER"].person if "ORGANIZER" in found else "",
        people=tuple(one.person for one in people[:MAX_PEOPLE]),
        method="cancel" if status == "cancelled" else method,
        repeats="RRULE" in found,
        answer=answers[0] if method == "reply" and answers else "",
        comment=found["COMMENT"].text if "COMMENT" in found else "",
        description=found["DESCRIPTION"].lines if "DESCRIPTION" in found else "",
    )


def _end(
    start: date | datetime, named: date | datetime | None, length: _Property | None
) -> date | datetime | None:
    """When it is over, or the last of whole days; None for what is no time after the start."""
    end = named or _after(start, length)
    if end is None or isinstance(end, datetime) != isinstance(start, datetime):
        return None
    if not isinstance(end, datetime):
        end -= timedelta(days=1)  # the calendar names the first day that is free again
    elif not isinstance(start, datetime) or (end.tzinfo is None) != (start.tzinfo is None):
        return None
    return end if end > start else None


def _moment(given: _Property | None, offset: tzinfo | None) -> date | datetime | None:
    match = _MOMENT.fullmatch(given.value.strip()) if given else None
    if given is None or match is None:
        return None
    year, month, day, hour, minute, second, utc = match.groups()
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        return None
    try:
        if hour is None:
            return date(int(year), int(month), int(day))
        zone = UTC if utc else _zone(given.parameters.get("TZID", ""), offset)
        numbers = (year, month, day, hour, minute, second)
        moment = datetime(*map(int, numbers), tzinfo=zone)  # type: ignore[misc, arg-type]
        return moment.astimezone(UTC) if zone else moment
    except (ValueError, OverflowError):
        return None


def _zone(name: str, offset: tzinfo | None) -> tzinfo | None:
    """The zone of a name; else what the calendar says of its only zone; None floats."""
    if not name:
        return None
    try:
        return ZoneInfo(_WINDOWS.get(name, name.rpartition("mozilla.org/")[2]))
    except (KeyError, OSError, ValueError):
        return offset


def _offset(value: str) -> tzinfo | None:
    match = _OFFSET.match(value.strip())
    if match is None:
        return None
    minutes = (int(match[2]) * 60 + int(match[3])) * (-1 if match[1] == "-" else 1)
    return timezone(timedelta(minutes=minutes)) if abs(minutes) < 1440 else None


def _after(start: date | datetime, given: _Property | None) -> date | datetime | None:
    match = _LENGTH.fullmatch(given.value.strip()) if given else None
    if match is None:
        return None
    weeks, days, hours, minutes = (int(part or 0) for part in match.groups())
    return start + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
