from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections, transaction
from django.urls import reverse
from django.utils import translation

from apps.common.health import run_checks
from apps.common.hours import parse_week
from apps.promises import national
from apps.promises.checks import find_unknown_holidays
from apps.promises.domain import (
    current_terms,
    fetch_due_holidays,
    fetch_holidays,
    schedule_for,
)
from apps.promises.enums import Source
from apps.promises.models import Calendar, CalendarTeam, Edition, Holiday
from apps.promises.models.calendar import EXAMPLE
from tests.promises.conftest import OFFICE

MINUTES = timedelta(minutes=1)
NOVEMBER = date(2026, 11, 30)


def shanghai(*parts):
    return datetime(*parts, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def seeded(office):
    fetch_holidays(calendar_id=office.pk, years=(2026, 2027))
    office.refresh_from_db()
    return office


def test_holidays_and_make_up_weekends_of_china_are_fetched(seeded):
    days = {row.day: (row.name, row.hours) for row in seeded.holidays.filter(day__year=2026)}
    closed = [day for day, (_name, hours) in days.items() if not hours]
    worked = {day: hours for day, (_name, hours) in days.items() if hours}
    assert set(closed) >= {date(2026, 10, day) for day in range(1, 8) if day != 4}
    assert days[date(2026, 2, 17)][0] == "春节" or "Spring Festival" in days[date(2026, 2, 17)][0]
    assert list(worked) == [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ]
    assert set(worked.values()) == {"09:00-12:00 13:00-18:00"}
    assert set(seeded.holidays.values_list("source", flat=True)) == {Source.SEEDED}


def test_clock_heeds_holidays_and_make_up_weekends(seeded, lamps):
    schedule = schedule_for(lamps)
    before = shanghai(2026, 9, 30, 17, 50)  # then a week of holidays, and a Saturday of work
    assert schedule.add(before, 20 * MINUTES) == shanghai(2026, 10, 8, 9, 10)
    assert schedule.is_open(shanghai(2026, 10, 10, 10))
    assert not schedule.is_open(shanghai(2026, 10, 11, 10))
    assert schedule.add(shanghai(2026, 10, 9, 17, 50), 20 * MINUTES) == shanghai(
        2026, 10, 10, 9, 10
    )


def test_edited_days_stay_when_holidays_are_fetched_again(seeded):
    eve = seeded.holidays.get(day=date(2026, 2, 16))
    eve.name, eve.hours, eve.source = "Short", "09:00-12:00", Source.EDITED
    eve.save()
    own = seeded.holidays.create(day=date(2026, 7, 1), name="Our day", source=Source.EDITED)
    seeded.holidays.filter(day=date(2026, 10, 1)).delete()
    seeded.holidays.create(day=date(2026, 8, 1), name="Gone", source=Source.SEEDED)
    seeded.hours = "Tue-Sat 10:00-19:00"
    seeded.save()
    assert fetch_holidays(calendar_id=seeded.pk, years=(2026, 2027)).changed == 2 + 6
    assert fetch_holidays(calendar_id=seeded.pk, years=(2026, 2027)).changed == 0
    days = {row.day: row for row in seeded.holidays.all()}
    assert (days[eve.day].name, days[eve.day].hours) == ("Short", "09:00-12:00")
    assert days[own.day] == own
    assert days[date(2026, 10, 1)].source == Source.SEEDED
    assert days[date(2026, 10, 10)].hours == "10:00-19:00"
    assert date(2026, 8, 1) not in days


def test_calendar_without_a_country_loses_what_was_fetched_alone(seeded):
    own = seeded.holidays.create(day=date(2026, 7, 1), name="Our day", source=Source.EDITED)
    seeded.country = ""
    seeded.save()
    fetch_holidays(calendar_id=seeded.pk, years=(2026, 2027))
    assert list(seeded.holidays.all()) == [own]


def test_calendar_that_never_closes_needs_no_make_up_days(office):
    office.hours = ""
    office.save()
    fetch_holidays(calendar_id=office.pk, years=(2026,))
    assert not office.holidays.exclude(hours="").exists()
    assert not schedule_for(office.teams.get()).is_open(shanghai(2026, 10, 1, 12))


@pytest.mark.parametrize(
    ("country", "subdivision", "year", "is_official"),
    [
        ("CN", "", 2025, True),
        ("CN", "", 2026, True),
        ("CN", "", 2200, False),
        ("DE", "BY", 2027, True),
        ("US", "", 2027, True),
        ("AE", "", 2035, False),
    ],
)
def test_year_without_a_decree_is_told_apart(country, subdivision, year, is_official):
    """China decrees each year; Germany has a rule; the Emirates look for the moon."""
    assert national.read_year(country, subdivision, year).is_official == is_official


@pytest.mark.parametrize(("language", "name"), [("zh-hans", "国庆节"), ("en", "National Day")])
def test_holidays_are_named_in_the_language_of_the_page(language, name):
    with translation.override(language):
        assert national.read_year("CN", "", 2026).holidays[date(2026, 10, 1)] == name


def test_subdivision_has_holidays_of_its_own():
    bavarian = national.read_year("DE", "BY", 2026).holidays
    assert date(2026, 1, 6) in bavarian
    assert date(2026, 1, 6) not in national.read_year("DE", "", 2026).holidays


def test_missing_year_is_told_by_doctor_until_somebody_has_checked_it(seeded, time_machine):
    time_machine.move_to(datetime(2026, 11, 30, 12, tzinfo=UTC))
    (sentence,) = find_unknown_holidays()
    assert "Office: the official holidays of 2027 (CN) are not known yet" in sentence
    (fault,) = [fault for fault in run_checks() if fault.check == "calendars"]
    assert (fault.text, fault.is_work) == (sentence, True)
    Calendar.objects.update(checked_until=2027)
    assert list(find_unknown_holidays()) == []


def test_calendar_that_was_never_fetched_lacks_both_years(office):
    assert len(list(find_unknown_holidays(NOVEMBER))) == 2
    Calendar.objects.update(country="")
    assert list(find_unknown_holidays(NOVEMBER)) == []


def test_beat_fetches_what_is_due_once(office, django_assert_num_queries, monkeypatch):
    assert fetch_due_holidays(today=NOVEMBER) == 1
    assert office.holidays.filter(day__year=2027).exists()
    with django_assert_num_queries(1):
        assert fetch_due_holidays(today=NOVEMBER) == 0
    monkeypatch.setattr(national, "library_version", lambda: "99")  # an upgrade may know more
    assert fetch_due_holidays(today=NOVEMBER) == 1
    assert fetch_due_holidays(today=date(2027, 1, 1)) == 1
    assert office.holidays.filter(day__year=2028).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"country": "XX"}, "country", "no country"),
        ({"country": "DE", "subdivision": "XX"}, "subdivision", "There are: BB, BE"),
        ({"timezone": "Asia/Shangai"}, "timezone", "Did you mean Asia/Shanghai?"),
        ({"hours": "nine to five"}, "hours", "Write days and times as in"),
    ],
)
def test_bad_calendar_is_refused_with_what_to_write(fields, field, words):
    with pytest.raises(ValidationError) as refusal:
        Calendar(name="Office", **fields).full_clean()
    assert words in str(refusal.value.message_dict[field])


def test_bad_hours_of_a_day_are_refused_with_what_to_write(office):
    with pytest.raises(ValidationError, match="Write times as in"):
        Holiday(calendar=office, day=NOVEMBER, name="x", hours="Mon 09:00-10:00").full_clean()


def test_team_has_one_calendar_and_the_site_one_default(office, lamps):
    other = Calendar.objects.create(name="Other", is_default=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarTeam.objects.create(calendar=other, team=lamps)
    with pytest.raises(IntegrityError), transaction.atomic():
        Calendar.objects.create(name="Third", is_default=True)


def test_team_without_a_calendar_has_the_default_one_else_always(db, lamps, pumps, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    assert schedule_for(None).is_always_open
    assert schedule_for(None).zone.key == "Europe/Berlin"
    own = Calendar.objects.create(name="Own", hours=OFFICE)
    CalendarTeam.objects.create(calendar=own, team=lamps)
    Calendar.objects.create(name="Default", hours="Sat 10:00-12:00", is_default=True)
    assert schedule_for(lamps).spans_on(date(2026, 11, 30)) == ((540, 720), (780, 1080))
    assert schedule_for(lamps).zone.key == "Europe/Berlin"
    for team in (pumps, None):
        assert schedule_for(team).spans_on(date(2026, 11, 28)) == ((600, 720),)


def test_schedules_are_kept_and_one_query_shows_whether_they_hold(
    seeded, lamps, pumps, django_assert_num_queries
):
    schedule_for(lamps)
    with django_assert_num_queries(1):
        kept = schedule_for(lamps)
    with django_assert_num_queries(1):
        terms = current_terms()
        asked = [terms.schedule_of(pk) for pk in (lamps.pk, pumps.pk, None)]
    assert asked[0] is kept
    assert asked[1] is asked[2]


@pytest.mark.parametrize(
    "change",
    [
        lambda office: office.holidays.create(day=date(2026, 11, 30), name="Closed"),
        lambda office: Calendar.objects.filter(pk=office.pk).first().delete(),
        lambda office: office.seats.first().delete(),
        lambda office: Calendar(pk=office.pk, name="Office", hours="Tue 09:00-10:00").save(),
    ],
)
def test_any_change_is_seen_at_once(office, lamps, change):
    at = shanghai(2026, 11, 30, 10)
    Calendar.objects.create(name="Default", hours="Sat 10:00-12:00", is_default=True)
    assert schedule_for(lamps).is_open(at)
    change(office)
    assert not schedule_for(lamps).is_open(at)


@pytest.mark.django_db(transaction=True)
def test_change_of_another_process_is_seen(office, lamps):
    """Another connection writes; here only the mark in the database can tell of it."""
    at = shanghai(2026, 11, 30, 10)
    assert schedule_for(lamps).is_open(at)
    mark = Edition.current()

    def close():
        Holiday.objects.create(calendar=office, day=NOVEMBER, name="Closed")
        connections.close_all()

    thread = threading.Thread(target=close)
    thread.start()
    thread.join()
    assert Edition.current() != mark
    assert not schedule_for(lamps).is_open(at)


def test_change_that_is_taken_back_leaves_nothing_behind(office, lamps):
    at = shanghai(2026, 11, 30, 10)
    assert schedule_for(lamps).is_open(at)
    with transaction.atomic():
        office.holidays.create(day=NOVEMBER, name="Closed")
        assert not schedule_for(lamps).is_open(at)
        transaction.set_rollback(True)
    assert schedule_for(lamps).is_open(at)


@pytest.fixture
def chief(client, root):
    client.force_login(root)
    return client


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_saved_calendar_has_its_holidays_and_a_warning(chief, lamps, time_machine):
    time_machine.move_to(datetime(2026, 11, 30, 12, tzinfo=UTC))
    fields = {
        "name": "Office",
        "hours": OFFICE,
        "country": "cn",
        "seats-TOTAL_FORMS": 1,
        "seats-INITIAL_FORMS": 0,
        "seats-0-team": lamps.pk,
    }
    answer = chief.post(reverse("admin:promises_calendar_add"), fields)
    assert answer.status_code == 302, answer.context["errors"]
    calendar = Calendar.objects.get()
    assert (calendar.country, calendar.official_until) == ("CN", 2026)
    assert calendar.holidays.filter(day=date(2026, 10, 1), hours="").exists()
    assert list(calendar.teams.all()) == [lamps]
    warnings = [words for words in said(answer) if "2027 (CN) are not known yet" in words]
    assert len(warnings) == 1


def test_next_year_is_fetched_by_an_action(chief, office, time_machine):
    time_machine.move_to(datetime(2026, 11, 30, 12, tzinfo=UTC))
    Calendar.objects.create(name="Anywhere")
    chosen = list(Calendar.objects.values_list("pk", flat=True))
    answer = chief.post(
        reverse("admin:promises_calendar_changelist"),
        {"action": "fetch_next_year", "_selected_action": chosen},
    )
    assert office.holidays.filter(day=date(2027, 10, 1)).exists()
    assert any("Anywhere: set a country first." in words for words in said(answer))


def test_day_that_is_saved_by_hand_counts_as_edited(chief, seeded):
    day = seeded.holidays.get(day=date(2026, 10, 1))
    address = reverse("admin:promises_holiday_change", args=[day.pk])
    fields = {"calendar": seeded.pk, "day": "2026-10-01", "name": "Half", "hours": "09:00-12:00"}
    assert chief.post(address, fields).status_code == 302
    fetch_holidays(calendar_id=seeded.pk, years=(2026,))
    day.refresh_from_db()
    assert (day.name, day.hours, day.source) == ("Half", "09:00-12:00", Source.EDITED)


def test_second_default_and_second_calendar_of_a_team_are_refused_with_a_sentence(
    chief, office, lamps
):
    Calendar.objects.create(name="Default", is_default=True)
    fields = {
        "name": "Third",
        "is_default": "on",
        "seats-TOTAL_FORMS": 1,
        "seats-INITIAL_FORMS": 0,
        "seats-0-team": lamps.pk,
    }
    page = chief.post(reverse("admin:promises_calendar_add"), fields).content.decode()
    assert "Another calendar is the default." in page
    assert "This team has a calendar already." in page
    assert not Calendar.objects.filter(name="Third").exists()


def test_example_of_calendars_is_read_alike_in_both_languages():
    with translation.override("en"):
        english = str(EXAMPLE)
    with translation.override("zh-hans"):
        chinese = str(EXAMPLE)
    assert english != chinese
    assert parse_week(english) == parse_week(chinese)
