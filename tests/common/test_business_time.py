from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import batched, pairwise
from zoneinfo import ZoneInfo

import pytest

from apps.common.business_time import NeverOpens, Schedule
from apps.common.hours import parse_hours, parse_spans, parse_week
from tests.common.slow_clock import SlowClock, elapsed, wait

OFFICE = "Mon-Fri 09:00-12:00 13:00-18:00"
SHANGHAI = "Asia/Shanghai"
ZONES = [
    "UTC", "Asia/Shanghai", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Tehran", "Asia/Beirut",
    "Asia/Gaza", "Africa/Cairo", "Africa/Casablanca", "Europe/Dublin", "Europe/Berlin",
    "Europe/London", "America/New_York", "America/St_Johns", "America/Santiago",
    "America/Asuncion", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia",
    "Pacific/Chatham", "Pacific/Auckland", "Antarctica/Troll",
]  # fmt: skip
FIRST, LAST = datetime(2011, 1, 1, tzinfo=UTC), datetime(2030, 12, 31, tzinfo=UTC)
MINUTES = timedelta(minutes=1)
DAY = 86_400  # seconds


def shanghai(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo(SHANGHAI))  # the 23rd is a Monday


def berlin(*parts, fold=0):
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Berlin"), fold=fold)


@pytest.mark.parametrize(
    ("at", "minutes", "due"),
    [
        (shanghai(23, 10), 20, shanghai(23, 10, 20)),
        (shanghai(23, 8), 20, shanghai(23, 9, 20)),
        (shanghai(23, 12, 30), 20, shanghai(23, 13, 20)),
        (shanghai(23, 11, 50), 20, shanghai(23, 13, 10)),
        (shanghai(23, 17, 40), 20, shanghai(23, 18)),
        (shanghai(23, 17, 41), 20, shanghai(24, 9, 1)),
        (shanghai(27, 18), 20, shanghai(30, 9, 20)),
        (shanghai(28, 3), 0, shanghai(30, 9)),
        (shanghai(23, 9), 0, shanghai(23, 9)),
        (shanghai(23, 9), 5 * 8 * 60 + 1, shanghai(30, 9, 1)),
    ],
)
def test_minutes_pass_inside_the_hours_alone(at, minutes, due):
    schedule = parse_hours(OFFICE, SHANGHAI)
    assert schedule.add(at, minutes * MINUTES) == due
    assert schedule.elapsed(at, due) == minutes * MINUTES
    assert schedule.add(at, minutes * MINUTES).tzinfo is UTC


def test_what_is_open_is_told_as_intervals_in_utc():
    schedule = parse_hours(OFFICE, SHANGHAI)
    assert schedule.spans_between(shanghai(27, 11), shanghai(30, 10)) == [
        (shanghai(27, 11), shanghai(27, 12)),
        (shanghai(27, 13), shanghai(27, 18)),
        (shanghai(30, 9), shanghai(30, 10)),
    ]
    assert schedule.spans_between(shanghai(28, 1), shanghai(29, 1)) == []


def test_opening_and_closing_are_told():
    schedule = parse_hours(OFFICE, SHANGHAI)
    assert schedule.next_opening(shanghai(23, 12)) == shanghai(23, 13)
    assert schedule.next_opening(shanghai(23, 13, 5)) == shanghai(23, 13, 5)
    assert schedule.closing(shanghai(23, 13, 5)) == shanghai(23, 18)
    assert schedule.closing(shanghai(23, 12, 5)) is None


def test_night_shift_belongs_to_the_day_on_which_it_begins():
    schedule = Schedule(
        parse_week("Mon-Fri 22:00-06:00"), ZoneInfo(SHANGHAI), {date(2026, 11, 25): ()}
    )
    assert schedule.is_open(shanghai(25, 5, 59))
    assert not schedule.is_open(shanghai(25, 22))
    assert not schedule.is_open(shanghai(26, 5))
    assert schedule.is_open(shanghai(28, 5, 59))
    assert not schedule.is_open(shanghai(28, 6))
    assert not schedule.is_open(shanghai(23, 5))
    assert schedule.elapsed(shanghai(23, 0), shanghai(30, 0)) == timedelta(hours=4 * 8)


def test_shifts_that_meet_or_overlap_count_once():
    schedule = parse_hours("Mon-Tue 20:00-08:00; Tue 06:00-20:00 19:00-21:00", SHANGHAI)
    day_and_nights = (shanghai(23, 20), shanghai(25, 8))
    assert schedule.spans_between(shanghai(23, 0), shanghai(26, 0)) == [day_and_nights]
    assert schedule.closing(shanghai(24, 12)) == shanghai(25, 8)


def test_days_may_have_hours_of_their_own():
    days = {date(2026, 12, 24): parse_spans("09:00-12:00"), date(2026, 12, 26): parse_spans("")}
    days[date(2026, 12, 27)] = parse_spans("10:00-11:00")  # a Sunday
    schedule = Schedule(parse_week(OFFICE), ZoneInfo(SHANGHAI), days)
    eve = datetime(2026, 12, 24, 11, 30, tzinfo=ZoneInfo(SHANGHAI))
    assert schedule.add(eve, 30 * MINUTES) == eve + timedelta(minutes=30)
    assert schedule.add(eve, 60 * MINUTES) == eve.replace(day=25, hour=9)
    sunday = eve.replace(day=27, hour=10, minute=45)
    assert schedule.add(eve.replace(day=25, hour=17), 75 * MINUTES) == sunday


@pytest.mark.parametrize("week", ["", "Mon-Sun 00:00-24:00"])
def test_always_open_is_plain_time(week):
    schedule = parse_hours(week, SHANGHAI)
    at, years = shanghai(22, 3, 7), timedelta(days=9000)
    assert schedule.is_always_open
    assert (schedule.is_open(at), schedule.next_opening(at)) == (True, at)
    assert schedule.add(at, years) == at + years
    assert schedule.elapsed(at, at + years) == years
    assert schedule.closing(at) is None


def test_always_open_but_for_a_day_closes_on_that_day():
    schedule = parse_hours("", SHANGHAI, "2026-11-24")
    assert schedule.spans_between(shanghai(23, 5), shanghai(26, 0)) == [
        (shanghai(23, 5), shanghai(24, 0)),
        (shanghai(25, 0), shanghai(26, 0)),
    ]


def test_closed_for_years_is_told_and_not_waited_for():
    days = {date(2026, 11, 23) + timedelta(days=7 * week): () for week in range(120)}
    schedule = Schedule(parse_week("Mon 09:00-10:00"), ZoneInfo(SHANGHAI), days)
    assert schedule.next_opening(shanghai(22, 0)) is None
    with pytest.raises(NeverOpens, match="Check the calendar"):
        schedule.add(shanghai(22, 0), MINUTES)


def test_more_open_time_than_twenty_years_hold_is_refused():
    schedule = parse_hours("Mon 09:00-09:01", SHANGHAI)
    assert schedule.add(shanghai(23, 9), 52 * MINUTES) > shanghai(23, 9) + timedelta(days=356)
    with pytest.raises(NeverOpens):
        schedule.add(shanghai(23, 9), 2000 * MINUTES)
    with pytest.raises(NeverOpens):
        schedule.add(shanghai(23, 9), timedelta.max)
    with pytest.raises(NeverOpens):
        parse_hours("", SHANGHAI).add(shanghai(23, 9), timedelta.max)


def test_time_runs_forward_and_has_a_zone():
    schedule = parse_hours(OFFICE, SHANGHAI)
    assert schedule.elapsed(shanghai(24, 9), shanghai(23, 9)) == timedelta(0)
    assert parse_hours("", SHANGHAI).elapsed(shanghai(24, 9), shanghai(23, 9)) == timedelta(0)
    with pytest.raises(ValueError, match="forward"):
        schedule.add(shanghai(23, 9), -MINUTES)
    with pytest.raises(ValueError, match="zone"):
        schedule.is_open(datetime(2026, 11, 23, 9))


@pytest.mark.parametrize("at", [datetime.min, datetime.max])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Niue"])
def test_ends_of_the_calendar_are_answered(at, zone):
    at = at.replace(tzinfo=UTC)
    schedule = parse_hours(OFFICE, zone)
    assert schedule.is_open(at) in {True, False}
    schedule.next_opening(at)
    assert schedule.elapsed(at, at) == timedelta(0)


def test_span_that_begins_in_the_skipped_hour_begins_when_the_clock_resumes():
    schedule = parse_hours("Sun 02:30-04:00", "Europe/Berlin")  # 02:00 becomes 03:00
    resumes = berlin(2026, 3, 29, 3)
    opened = schedule.spans_between(berlin(2026, 3, 29, 0), berlin(2026, 3, 30, 0))
    assert opened == [(resumes.astimezone(UTC), berlin(2026, 3, 29, 4).astimezone(UTC))]
    skipped = parse_hours("Sun 02:10-02:50", "Europe/Berlin")
    assert skipped.spans_between(berlin(2026, 3, 29, 0), berlin(2026, 3, 30, 0)) == []


def test_repeated_hour_is_open_twice_as_far_as_a_span_covers_it():
    night = parse_hours("Sat 22:00-06:00", "Europe/Berlin")  # 03:00 becomes 02:00
    evening = berlin(2026, 10, 24, 22)
    assert night.elapsed(evening, evening + timedelta(days=1)) == timedelta(hours=9)
    early = parse_hours("Sun 01:00-02:30", "Europe/Berlin")
    first, second = berlin(2026, 10, 25, 2, 30), berlin(2026, 10, 25, 2, 30, fold=1)
    assert early.spans_between(berlin(2026, 10, 25, 0), berlin(2026, 10, 26, 0)) == [
        (berlin(2026, 10, 25, 1).astimezone(UTC), first.astimezone(UTC)),
        (second.astimezone(UTC) - timedelta(minutes=30), second.astimezone(UTC)),
    ]


def test_day_that_a_zone_leaves_out_holds_no_time():
    schedule = parse_hours("Mon-Sun 09:00-17:00", "Pacific/Apia")  # without 2011-12-30
    at = datetime(2011, 12, 29, 16, tzinfo=ZoneInfo("Pacific/Apia"))
    due = datetime(2011, 12, 31, 10, tzinfo=ZoneInfo("Pacific/Apia"))
    assert schedule.add(at, 120 * MINUTES) == due
    assert due.astimezone(UTC) - at.astimezone(UTC) == timedelta(hours=18)


@pytest.mark.parametrize(
    ("seed", "cases"), [(1, 1_000), pytest.param(20261130, 10_000, marks=pytest.mark.slow)]
)
def test_random_cases_equal_the_slow_clock(seed, cases):
    """Every answer to the second, half of the cases close to a change of the clock."""
    chance = random.Random(seed)
    changes = {zone: list(_changes(ZoneInfo(zone))) for zone in ZONES}
    for number in range(cases):
        zone = ZONES[number % len(ZONES)]
        since = _moment(chance, changes[zone])
        span = 20 * DAY if chance.random() < 0.01 else DAY + DAY // 4
        until = since + timedelta(seconds=chance.randrange(span))
        duration = timedelta(seconds=chance.randrange(1, span // 3))
        slow, quick = _clocks(chance, zone, since)
        said = f"case {number}: {zone} {since} {until} {duration} {slow.week} {slow.days}"
        _compare(quick, list(slow.walk(since, until)), since, until, duration, said)
        assert quick.is_open(since) == slow.is_open(since), said


def _compare(quick, minutes, since, until, duration, said):
    """Ask a schedule what a walk over the same window has seen."""
    assert quick.elapsed(since, until) == elapsed(minutes), said
    assert quick.spans_between(since, until) == _united(minutes), said
    due, expected = quick.add(since, duration), wait(minutes, duration)
    assert due == expected if expected else due >= until, said
    opening, first = quick.next_opening(since), minutes[0][0] if minutes else None
    assert opening == first if first else opening >= until, said


def _clocks(chance, zone, since):
    """Draw hours: a slow clock and a schedule that were told the same."""
    week = [_hours(chance) for _day in range(7)]
    if not any(week):
        week[chance.randrange(7)] = ["08:00-20:00"]
    near = since.date() + timedelta(days=chance.randrange(-1, 4))
    days = {near: _hours(chance)} if chance.random() < 0.3 else {}
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    told = "; ".join(
        f"{name} {' '.join(hours)}" for name, hours in zip(names, week, strict=True) if hours
    )
    exceptions = {day: parse_spans(" ".join(hours)) for day, hours in days.items()}
    return SlowClock(week, zone, days), Schedule(parse_week(told), ZoneInfo(zone), exceptions)


def _hours(chance):
    kind = chance.random()
    if kind < 0.15:
        return []
    if kind < 0.25:
        return ["00:00-24:00"]
    if kind < 0.5:  # a shift in the night
        begins, ends = chance.randrange(18 * 60, 24 * 60), chance.randrange(1, 9 * 60)
        return [_said(begins, ends)]
    edges = sorted(chance.sample(range(24 * 60 + 1), 2 * chance.randrange(1, 4)))
    return [_said(*pair) for pair in batched(edges, 2)]


def _said(begins, ends):
    return f"{begins // 60:02}:{begins % 60:02}-{ends // 60:02}:{ends % 60:02}"


def _moment(chance, changes):
    if changes and chance.random() < 0.5:
        return chance.choice(changes) - timedelta(seconds=chance.randrange(DAY + DAY // 4))
    return FIRST + timedelta(seconds=chance.randrange(int((LAST - FIRST).total_seconds())))


def _changes(zone):
    """The days of a zone on which its clock is changed."""
    days = [FIRST + timedelta(days=step) for step in range((LAST - FIRST).days)]
    for day, following in pairwise(days):
        if day.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            yield following


def _united(minutes):
    united = []
    for start, end in minutes:
        if united and united[-1][1] == start:
            united[-1] = united[-1][0], end
        else:
            united.append((start, end))
    return united
