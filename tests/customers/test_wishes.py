"""Wishes that act: what stands against a call, and when it may be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from apps.customers import domain, quiet, wishes
from apps.customers.models import Customer
from tests.cast import make_customer

ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
# Around changes of the clocks of these zones, and far from any.
DAYS = [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)]
DAYS += [datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 4, 4, tzinfo=UTC)]
DAYS += [datetime(2026, 10, 31, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)]


def local(zone: str, *parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone), fold=fold)


@pytest.fixture
def gao(root) -> Customer:
    """Mr Gao in Berlin, who sleeps from nine to nine and writes rather than calls."""
    customer = make_customer("Gao Yun")
    domain.update_customer(
        customer_id=customer.pk, form_of_address="Mr Gao", timezone="Europe/Berlin"
    )
    for kind, value in (("quiet_hours", "21:00-09:00"), ("channel", "email"), ("no_voicemail", "")):
        domain.note_preference(customer_id=customer.pk, actor=root, kind=kind, value=value)
    return Customer.objects.get(pk=customer.pk)


def test_call_at_night_names_the_wish_and_the_next_moment(gao):
    night = local("Europe/Berlin", 2026, 7, 1, 23, 30)
    found = wishes.conflicts(gao, at=night, channel="phone", voicemail=True)
    assert [(one.kind, one.sentence) for one in found] == [
        (
            "quiet_hours",
            "Mr Gao asked not to be called between 21:00 and 09:00 (their time).",
        ),
        ("channel", "Mr Gao would rather be reached by: Email."),
        ("no_voicemail", "Mr Gao asked us to leave no voicemail."),
    ]
    assert found[0].proposal == local("Europe/Berlin", 2026, 7, 2, 9, 0)


def test_mail_at_night_is_what_he_wishes(gao):
    night = local("Europe/Berlin", 2026, 7, 1, 23, 30)
    assert wishes.conflicts(gao, at=night, channel="email", voicemail=True) == []
    assert wishes.conflicts(gao, at=night, channel="internal") == []


def test_edges_belong_to_the_beginning_alone(gao):
    def kinds(hour, minute=0):
        at = local("Europe/Berlin", 2026, 7, 1, hour, minute)
        return [one.kind for one in wishes.conflicts(gao, at=at, channel="phone")]

    assert "quiet_hours" in kinds(21)
    assert "quiet_hours" not in kinds(20, 59)
    assert "quiet_hours" in kinds(8, 59)
    assert "quiet_hours" not in kinds(9)


def test_sentence_is_told_in_the_readers_language(gao):
    night = local("Europe/Berlin", 2026, 7, 1, 23, 30)
    with translation.override("zh-hans"):
        sentence = wishes.conflicts(gao, at=night, channel="phone")[0].sentence
    assert "21:00" in sentence
    assert "asked" not in sentence


def test_retired_wish_acts_no_more(gao, root):
    for one in gao.preferences.all():
        domain.retire_preference(preference_id=one.pk, actor=root)
    night = local("Europe/Berlin", 2026, 7, 1, 23, 30)
    assert wishes.conflicts(gao, at=night, channel="phone", voicemail=True) == []
    assert wishes.next_allowed(gao, night) == night


def test_site_zone_stands_in_where_the_customers_is_unknown(gao, settings):
    settings.TIME_ZONE = "America/New_York"
    gao.timezone = ""
    assert wishes.next_allowed(gao, local("America/New_York", 2026, 7, 1, 22)) == local(
        "America/New_York", 2026, 7, 2, 9
    )
    gao.timezone = "Mars/Base"
    assert wishes.zone_of(gao) == ZoneInfo("America/New_York")


def test_wishes_cost_one_query_and_none_when_prefetched(gao):
    at = local("Europe/Berlin", 2026, 7, 1, 23)
    with CaptureQueriesContext(connection) as asked:
        wishes.conflicts(gao, at=at, channel="phone", voicemail=True)
    assert len(asked) == 1
    for number in (1, 3):
        make_customer()
        known = list(Customer.objects.prefetch_related(wishes.prefetch())[:number])
        with CaptureQueriesContext(connection) as asked:
            for one in known:
                wishes.conflicts(one, at=at, channel="phone")
        assert len(asked) == 0


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("9:00-12:00", "09:00-12:00"),
        ("周一至周五 12:30-14:00", "Mon-Fri 12:30-14:00"),
        ("Sun, Sat 00:00-12:00", "Sat Sun 00:00-12:00"),
        ("Fri-Mon 20:00-08:00", "Mon Fri-Sun 20:00-08:00"),
        ("mon-sun 21:00-24:00", "21:00-24:00"),
        ("21:00-09:00；12:00-13:00", "12:00-13:00; 21:00-09:00"),
    ],
)
def test_quiet_hours_have_one_spelling(typed, normal):
    assert quiet.write(quiet.read(typed)) == normal
    assert quiet.write(quiet.read(normal)) == normal


@pytest.mark.parametrize(
    ("hours", "asked", "allowed"),
    [
        # the end falls into the hour that spring skips: free from the moment after the gap
        ("21:00-02:30", (2026, 3, 29, 1, 0), (2026, 3, 29, 3, 0)),
        # in autumn the clock shows the quiet half of the hour twice
        ("21:00-02:30", (2026, 10, 25, 1, 0), (2026, 10, 25, 2, 30)),
        # put back out of a span that began at 02:30
        ("02:30-05:00", (2026, 10, 25, 2, 45), (2026, 10, 25, 2, 0, "again")),
    ],
)
def test_next_moment_is_right_over_daylight_saving(hours, asked, allowed):
    *parts, last = (*allowed, 0) if allowed[-1] != "again" else (*allowed[:-1], 1)
    expected = local("Europe/Berlin", *parts, fold=last)
    found = quiet.next_free(
        quiet.read(hours), ZoneInfo("Europe/Berlin"), local("Europe/Berlin", *asked)
    )
    assert found == expected.astimezone(UTC)


def slowly(spans, zone: ZoneInfo, at: datetime) -> datetime:
    """Ask every minute; a clock of its own, by texts, to compare with."""

    def quiet_now(moment: datetime) -> bool:
        shown, day = f"{moment.astimezone(zone):%H:%M}", moment.astimezone(zone).weekday()
        for span in spans:
            start, end = quiet.clock(span.start), quiet.clock(span.end)
            if start < end and day in span.days and start <= shown < end:
                return True
            if end <= start and (
                (day in span.days and shown >= start)
                or ((day + 6) % 7 in span.days and shown < end)
            ):
                return True
        return False

    while quiet_now(at):
        at += timedelta(minutes=1)
    return at


def test_next_moment_equals_a_slow_clock():
    rnd = Random(7)
    for _turn in range(300):
        zone = ZoneInfo(rnd.choice(ZONES))
        spans = []
        for _span in range(rnd.randint(1, 3)):
            start, end = rnd.sample(range(0, 1440, 15), 2)
            days = tuple(sorted(rnd.sample(range(7), rnd.choice([1, 2, 7]))))
            spans.append(quiet.Span(days, start, end))
        if not any(True for _minute in quiet._free(spans)):
            continue
        at = rnd.choice(DAYS) + timedelta(minutes=rnd.randrange(72 * 60))
        found = quiet.next_free(spans, zone, at)
        assert found == slowly(spans, zone, at), (zone, spans, at)
