from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.common.meetings import Meeting, answer_of, read_meeting

OUTLOOK = """BEGIN:VCALENDAR\r
METHOD:REQUEST\r
BEGIN:VTIMEZONE\r
TZID:Customized Time Zone\r
BEGIN:DAYLIGHT\r
DTSTART:16010101T020000\r
TZOFFSETTO:+0900\r
END:DAYLIGHT\r
BEGIN:STANDARD\r
DTSTART:16010101T020000\r
TZOFFSETTO:+0800\r
END:STANDARD\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
ORGANIZER;CN="Miller, Cleo":MAILTO:cleo@example.org\r
ATTENDEE;ROLE=REQ-PARTICIPANT;CN=Ana:mailto:ana@example.com\r
ATTENDEE:mailto:ben@example.com\r
SUMMARY;LANGUAGE=zh-CN:安装\\, 一楼\r
DTSTART;TZID="Customized Time Zone":20261123T100000\r
DTEND;TZID="Customized Time Zone":20261123T113000\r
LOCATION:上海市南京路\r
 1号\r
BEGIN:VALARM\r
TRIGGER:-PT15M\r
DTSTART:19990101T000000\r
END:VALARM\r
END:VEVENT\r
END:VCALENDAR\r
"""


def event(*lines: str) -> Meeting | None:
    return read_meeting("\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"]))


def test_invitation_of_outlook_is_read():
    assert read_meeting(OUTLOOK) == Meeting(
        summary="安装, 一楼",
        start=datetime(2026, 11, 23, 2, tzinfo=UTC),
        end=datetime(2026, 11, 23, 3, 30, tzinfo=UTC),
        location="上海市南京路1号",
        organiser="Miller, Cleo",
        people=("Ana", "ben@example.com"),
        method="request",
    )


@pytest.mark.parametrize(
    ("start", "moment"),
    [
        ("DTSTART:20261123T020000Z", datetime(2026, 11, 23, 2, tzinfo=UTC)),
        ("DTSTART;TZID=Asia/Shanghai:20261123T100000", datetime(2026, 11, 23, 2, tzinfo=UTC)),
        ("DTSTART;TZID=China Standard Time:20261123T100000", datetime(2026, 11, 23, 2, tzinfo=UTC)),
        (
            "DTSTART;TZID=/mozilla.org/Europe/Berlin:20260723T100000",
            datetime(2026, 7, 23, 8, tzinfo=UTC),
        ),
        ("DTSTART:20261123T100000", datetime(2026, 11, 23, 10)),
        ("DTSTART;TZID=../../etc/passwd:20261123T100000", datetime(2026, 11, 23, 10)),
        ("DTSTART;VALUE=DATE:20261123", date(2026, 11, 23)),
        ("DTSTART:20261399T100000Z", None),
        ("DTSTART:tomorrow", None),
        ("DTSTART:99991231T235959Z", None),
        ("DTSTART;VALUE=DATE:00010101", None),
        ("DTSTART:22010101T000000Z", None),
        ("SUMMARY:no start", None),
    ],
)
def test_start_is_read_in_its_zone(start, moment):
    found = event(start)
    assert (found.start if found else None) == moment


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        (
            ("DTSTART:20261123T020000Z", "DURATION:PT1H30M"),
            datetime(2026, 11, 23, 3, 30, tzinfo=UTC),
        ),
        (("DTSTART;VALUE=DATE:20261123", "DTEND;VALUE=DATE:20261125"), date(2026, 11, 24)),
        (("DTSTART;VALUE=DATE:20261123", "DTEND:20261123T020000Z"), None),
        (("DTSTART:20261123T020000Z", "DURATION:P9999999W"), None),
        (("DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:00010101"), None),
        (("DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261201"), None),
        (("DTSTART:20261123T020000Z", "DTEND:20261123T010000Z"), None),
        (("DTSTART:20261123T020000Z", "DTEND:20261123T030000"), None),
    ],
)
def test_end_is_read(lines, end):
    assert event(*lines).end == end


def test_cancelled_and_repeated_meetings_say_so():
    found = event("DTSTART:20261123T020000Z", "STATUS:CANCELLED", "RRULE:FREQ=DAILY")
    assert (found.is_cancelled, found.repeats) == (True, True)


WRITTEN = (
    'BEGIN:VEVENT\n|END:VEVENT\n|DTSTART:|20261123T100000|;TZID=|"|:|\n |Z\n|TZOFFSETTO:+9999\n'
    "|DURATION:P1W\n|DTEND:|DTEND;VALUE=DATE:00010101\n|99991231T235959|ATTENDEE;CN=|\\n|99999999|BEGIN:X\n|END\n"
)
PIECES = st.sampled_from(WRITTEN.split("|"))


@given(st.lists(PIECES, max_size=40))
def test_no_calendar_breaks_the_reader(pieces):
    read_meeting("".join(pieces))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("ACCEPTED", "Accepted: fit"),
        ("DECLINED", "Declined: fit"),
        ("TENTATIVE", "Accepted with reservations: fit"),
        ("DELEGATED", "Answered: fit"),
    ],
)
def test_reply_tells_what_the_guest_says(answer, said):
    guest = f"ATTENDEE;PARTSTAT={answer}:mailto:ana@example.com"
    lines = ["BEGIN:VCALENDAR", "METHOD:REPLY", "BEGIN:VEVENT", guest, "DTSTART:20261123T100000Z"]
    words = "COMMENT:Friday\\, please"
    found = read_meeting("\n".join([*lines, words, "END:VEVENT"]))
    assert answer_of(found) % {"what": "fit"} == said
    assert found.comment == "Friday, please"


def test_invitation_answers_nothing_and_keeps_its_lines():
    found = event("DTSTART:20261123T100000Z", "DESCRIPTION:Bring\\nthe key")
    assert (answer_of(found), found.description) == ("", "Bring\nthe key")
