"""Invitations whose days no calendar has, alone and beside words."""

from __future__ import annotations

from tests.hardening.hostile.kit import CALL, bundle, entity, letter

_KIND = "text/calendar; charset=utf-8; method=REQUEST"
_WORDS = b"Content-Type: text/plain; charset=utf-8\r\n\r\nSee the invitation."
_EVENTS = {
    "far": ["DTSTART:99991231T235959Z"],
    "early": ["DTSTART:00010101T000000Z"],
    "far_in_a_zone": ["DTSTART;TZID=Asia/Shanghai:99991231T235959"],
    "early_in_a_zone": ["DTSTART;TZID=America/New_York:00010101T000000"],
    "end_before_all_days": ["DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:00010101"],
    "end_before_start": ["DTSTART:20261201T100000Z", "DTEND:20261130T100000Z"],
    "end_at_start": ["DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261201"],
    "end_afloat": ["DTSTART:20261201T100000Z", "DTEND:20261201T110000"],
    "endless": ["DTSTART:22001231T235959Z", "DURATION:P999W"],
    "no_month": ["DTSTART:20261332T256199Z"],
    "no_zone": ["DTSTART;TZID=../../etc/localtime:20261201T100000"],
    "scripted": ["DTSTART:20261201T100000Z", f"LOCATION:<script>{CALL}</script>"],
}


def _calendar(lines: list[str]) -> str:
    first, last = (
        ["BEGIN:VCALENDAR", "METHOD:REQUEST", "BEGIN:VEVENT", "SUMMARY:Ball"],
        "END:VEVENT",
    )
    return "\r\n".join([*first, *lines, last, "END:VCALENDAR", ""])


CALENDARS = {
    f"{name}_alone": letter(_calendar(lines).encode(), Content_Type=_KIND)
    for name, lines in _EVENTS.items()
} | {
    f"{name}_beside_words": bundle([_WORDS, entity(_KIND, _calendar(lines))])
    for name, lines in _EVENTS.items()
}
