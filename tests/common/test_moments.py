from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from apps.common.moments import LocalMoment, NoSuchZone, SkippedTime, local_moment, read_zone


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_time_of_a_zone_is_told_in_utc():
    meant = local_moment(date(2026, 11, 23), time(9, 30), "Asia/Shanghai")
    assert meant == LocalMoment(utc(2026, 11, 23, 1, 30))
    assert not meant.is_ambiguous


@pytest.mark.parametrize(("fold", "hour"), [(None, 0), (0, 0), (1, 1)])
def test_time_in_the_repeated_hour_is_the_first_unless_the_second_is_asked_for(fold, hour):
    meant = local_moment(date(2026, 10, 25), time(2, 30), "Europe/Berlin", fold)
    assert meant == LocalMoment(utc(2026, 10, 25, hour, 30), utc(2026, 10, 25, 1 - hour, 30))
    assert meant.is_ambiguous


@pytest.mark.parametrize(
    ("day", "at", "zone", "proposal"),
    [
        (date(2026, 3, 29), time(2), "Europe/Berlin", "2026-03-29T03:00:00+02:00"),
        (date(2026, 3, 29), time(2, 59), "Europe/Berlin", "2026-03-29T03:00:00+02:00"),
        (date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe", "2026-10-04T02:30:00+11:00"),
        (date(2026, 3, 29), time(1, 30), "Europe/Dublin", "2026-03-29T02:00:00+01:00"),
        (date(2026, 3, 29), time(0, 30), "Asia/Beirut", "2026-03-29T01:00:00+03:00"),
        (date(2026, 9, 6), time(0, 5), "America/Santiago", "2026-09-06T01:00:00-03:00"),
        (date(2011, 12, 30), time(12), "Pacific/Apia", "2011-12-31T00:00:00+14:00"),
    ],
)
def test_time_in_the_skipped_hour_is_refused_with_the_next_one(day, at, zone, proposal):
    with pytest.raises(SkippedTime, match="The clock skips") as refusal:
        local_moment(day, at, zone)
    assert refusal.value.proposal.isoformat() == proposal
    assert f"{refusal.value.proposal:%Y-%m-%d %H:%M}" in str(refusal.value)
    agreed = refusal.value.proposal
    assert local_moment(agreed.date(), agreed.time(), zone).at == agreed


@pytest.mark.parametrize(
    ("name", "proposal"),
    [
        ("Asia/Shanghi", "Asia/Shanghai"),
        ("shanghai", "Asia/Shanghai"),
        ("asia/shanghai", "Asia/Shanghai"),
        ("New York", "America/New_York"),
        ("Europe/Berlim", "Europe/Berlin"),
        ("../../etc/passwd", "Asia/Shanghai"),
        ("北京", "Asia/Shanghai"),
        ("", "Asia/Shanghai"),
    ],
)
def test_zone_that_does_not_exist_is_refused_with_the_closest(name, proposal):
    with pytest.raises(NoSuchZone, match="is not a time zone") as refusal:
        local_moment(date(2026, 11, 23), time(9), name)
    assert refusal.value.proposal == proposal
    assert read_zone(proposal).key == proposal
