from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from apps.common.hours import (
    BadDays,
    BadHours,
    BadSpans,
    parse_hours,
    parse_spans,
    write_spans,
)

ZONE = ZoneInfo("Asia/Shanghai")
WEEK = "Mon-Fri 09:00-12:00 13:00-18:00; Sat 10:00-12:00"


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)  # the 23rd is a Monday


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        (at(22, 15), at(23, 9)),
        (at(23, 8, 59), at(23, 9)),
        (at(23, 12), at(23, 13)),
        (at(27, 18), at(28, 10)),
        (at(28, 12), at(30, 9)),
    ],
)
def test_closed_hours_open_next(moment, opening):
    hours = parse_hours(WEEK, "Asia/Shanghai")
    assert not hours.is_open(moment)
    assert hours.next_opening(moment) == opening


@pytest.mark.parametrize("moment", [at(23, 9), at(23, 11, 59), at(24, 13), at(28, 10)])
def test_open_hours_are_open(moment):
    assert parse_hours(WEEK, "Asia/Shanghai").is_open(moment)


def test_hours_are_those_of_their_zone():
    hours = parse_hours("Mon 09:00-10:00", "Europe/Berlin")
    assert hours.is_open(at(23, 16, 30))
    assert not hours.is_open(at(23, 9, 30))


def test_no_hours_mean_always_open():
    hours = parse_hours(" ", "Asia/Shanghai")
    assert hours.is_open(at(22, 3))
    assert hours.next_opening(at(22, 3)) == at(22, 3)


def test_chinese_names_of_days_and_the_end_of_the_day_are_read():
    hours = parse_hours("周六-周日 00:00-24:00", "Asia/Shanghai")
    assert hours.is_open(at(22, 23, 59))
    assert not hours.is_open(at(23, 0))


@pytest.mark.parametrize(
    "words",
    [
        "9 to 5",
        "Mon",
        "Mon 09:00",
        "Mon 09:00-09:00",
        "Mon 24:00-09:00",
        "Fun 09:00-10:00",
        "Mon 09:00-25:00",
    ],
)
def test_other_words_are_refused(words):
    with pytest.raises(BadHours):
        parse_hours(words, "Asia/Shanghai")


def test_night_shift_runs_into_the_next_day():
    hours = parse_hours("Sun 22:00-06:00", "Asia/Shanghai")
    assert hours.is_open(at(22, 22))
    assert hours.is_open(at(23, 5, 59))
    assert not hours.is_open(at(23, 6))
    assert not hours.is_open(at(22, 5))


@pytest.mark.parametrize(
    ("words", "spans"),
    [
        ("09:00-12:00 13:00-18:00", ((540, 720), (780, 1080))),
        ("13:00-18:00; 9:00-12:00", ((540, 720), (780, 1080))),
        ("22:00-06:00", ((1320, 1800),)),
        ("00:00-24:00", ((0, 1440),)),
        (" ", ()),
    ],
)
def test_spans_of_a_day_are_read_and_written(words, spans):
    assert parse_spans(words) == spans
    assert parse_spans(write_spans(spans)) == spans


@pytest.mark.parametrize("words", ["Mon 09:00-10:00", "nine", "09:00-25:00", "09:60-10:00"])
def test_other_spans_are_refused(words):
    with pytest.raises(BadSpans, match="Write times as in: 09:00-12:00 13:00-18:00"):
        parse_spans(words)


@pytest.mark.parametrize(
    ("week", "moment", "opening"),
    [
        (WEEK, at(23, 10), at(26, 9)),
        (WEEK, at(22, 10), at(26, 9)),
        (WEEK, at(27, 18), at(30, 9)),
        ("", at(23, 10), at(26, 0)),
    ],
)
def test_closed_days_are_passed_over(week, moment, opening):
    hours = parse_hours(week, "Asia/Shanghai", "2026-11-23..2026-11-25, 2026-11-28")
    assert not hours.is_open(moment)
    assert hours.next_opening(moment) == opening
    assert hours.is_open(at(26, 10))


@pytest.mark.parametrize(
    "words", ["Christmas", "2026-02-30", "2026-11-25..2026-11-23", "25.12.2026"]
)
def test_other_days_are_refused(words):
    with pytest.raises(BadDays, match="Write days as in"):
        parse_hours(WEEK, "Asia/Shanghai", words)
