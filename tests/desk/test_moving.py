"""A time that is moved is checked as one that is given: wishes, opening hours, changing clocks."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.cases.models import Case
from apps.customers.domain import note_preference
from apps.promises import domain
from apps.promises.models import Calendar, CalendarTeam, Promise
from tests.cast import NOON
from tests.desk.test_case_page import page_of

HOUR = timedelta(hours=1)
AT_TWO = {"when": "at", "day": "2026-05-12", "time": "14:00", "zone": "Asia/Shanghai"}
BERLIN = "Europe/Berlin"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def quiet(phoned: Case, ana_agent: User) -> Case:
    """Her case, whose customer is not to be called from half past one to three."""
    note_preference(
        customer_id=phoned.customer_id, actor=ana_agent, kind="quiet_hours", value="13:30-15:00"
    )
    return phoned


@pytest.fixture
def callback(phoned: Case, ana_agent: User) -> Promise:
    return domain.make_promise(
        case_id=phoned.pk, actor=ana_agent, kind="callback", due_at=NOON + HOUR
    )


def address(deed: str, promise: Promise) -> str:
    return {
        "move": f"/desk/promises/{promise.pk}/time/",
        "attempt": f"/desk/promises/{promise.pk}/attempt/",
        "list": f"/desk/callbacks/{promise.pk}/move/",
    }[deed]


def successor(promise: Promise) -> Promise | None:
    return Promise.objects.filter(predecessor=promise).first()


def read(page: str) -> dict[str, str]:
    """What a second press says: that the warnings were read."""
    return {"sure": re.search(r'name="sure" value="([^"]*)"', page)[1]}


def offered(page: str) -> list[str]:
    return re.findall(r'name="take" value="([^"]+)"', page)


@pytest.mark.parametrize(
    ("deed", "typed"),
    [
        ("move", AT_TWO | {"consent": "by phone"}),
        ("attempt", AT_TWO | {"outcome": "reached_new_time"}),
        ("list", {"due_at": "2026-05-12T14:00", "consent": "by phone"}),
    ],
)
def test_conflict_is_shown_before_a_time_is_moved(ana: Client, quiet, callback, deed, typed):
    answer = ana.post(address(deed, callback), typed)
    assert answer.status_code == 422
    assert "Promise it all the same" in answer.text
    assert read(answer.text) == {"sure": "preference_quiet_hours"}
    assert offered(answer.text) == ["2026-05-12T07:00:00+00:00"]
    assert successor(callback) is None
    taken = ana.post(address(deed, callback), typed | {"take": "2026-05-12T07:00:00+00:00"})
    assert taken.status_code == 302
    assert successor(callback).due_at == NOON + 3 * HOUR
    again = successor(callback)
    ana.post(address(deed, again), typed | read(answer.text))
    assert successor(again).due_at == NOON + 2 * HOUR


def test_somebody_senior_is_checked_as_well(ana: Client, quiet, sam_supervisor, clock):
    clock.move_to(NOON + HOUR)
    answer = ana.post(f"{page_of(quiet)}senior/", {"reason": "Asked twice"})
    assert answer.status_code == 422
    assert offered(answer.text) == ["2026-05-12T07:00:00+00:00"]
    assert not Promise.objects.filter(kind="senior").exists()
    typed = {"reason": "Asked twice", "take": "2026-05-12T07:00:00+00:00"}
    ana.post(f"{page_of(quiet)}senior/", typed)
    assert Promise.objects.get(kind="senior").due_at == NOON + 3 * HOUR


def test_follow_up_is_checked_as_well(ana: Client, quiet, ana_agent):
    typed = AT_TWO | {"kind": "follow_up", "owner": ana_agent.pk}
    answer = ana.post(f"{page_of(quiet)}promise/", typed)
    assert read(answer.text) == {"sure": "preference_quiet_hours"}


def test_twenty_minutes_at_night_are_offered_after_the_next_opening(
    ana: Client, ana_agent, phoned, lamps, clock
):
    office = Calendar.objects.create(
        name="Office", hours="Mon-Fri 08:30-18:00", timezone="Asia/Shanghai", country="CN"
    )
    CalendarTeam.objects.create(calendar=office, team=lamps)
    clock.move_to(NOON + 11 * HOUR)
    typed = {"kind": "callback", "when": "20", "zone": "Asia/Shanghai", "owner": ana_agent.pk}
    answer = ana.post(f"{page_of(phoned)}promise/", typed)
    assert "Tell the customer that it will be Wednesday 13 May, 08:50." in answer.text
    assert "Promise it for Wednesday 13 May, 08:50" in answer.text
    (proposal,) = offered(answer.text)
    ana.post(f"{page_of(phoned)}promise/", typed | {"take": proposal})
    made = Promise.objects.get(case=phoned, automatic=False)
    assert made.due_at == datetime(2026, 5, 13, 0, 50, tzinfo=UTC)
    Promise.objects.filter(pk=made.pk).delete()
    clock.move_to(NOON)
    ana.post(f"{page_of(phoned)}promise/", typed)
    assert Promise.objects.get(case=phoned, automatic=False).due_at == NOON + HOUR / 3


@pytest.mark.parametrize("wrong", ["", "nonsense", "2026-05-12T15:00", "9999-12-31T23:59:59Z"])
def test_proposal_that_is_none_promises_nothing(ana: Client, phoned, callback, wrong):
    typed = {"due_at": "", "consent": "by phone", "take": wrong}
    assert ana.post(address("list", callback), typed).status_code == 422
    assert successor(callback) is None


@pytest.mark.parametrize("year", ["2400", "9999"])
def test_time_beyond_all_calendars_is_a_sentence(ana: Client, phoned, callback, year):
    typed = {"due_at": f"{year}-12-31T23:59", "consent": "by phone"}
    assert "too far away" in ana.post(address("list", callback), typed).text


@pytest.mark.parametrize("form", ["plan", "list", "move"])
def test_skipped_hour_is_a_sentence_with_the_next_time(ana, ana_agent, phoned, callback, form):
    User.objects.filter(pk=ana_agent.pk).update(timezone=BERLIN)
    night = "2027-03-28T02:30"
    where, typed = {
        "plan": ("/desk/promises/plan/", {"number": phoned.number, "at": night}),
        "list": (address("list", callback), {"due_at": night, "consent": "by phone"}),
        "move": (
            address("move", callback),
            {"when": "at", "day": "2027-03-28", "time": "02:30", "zone": BERLIN, "consent": "yes"},
        ),
    }[form]
    answer = ana.post(where, typed)
    assert answer.status_code == 422
    assert re.search(r"2027-03-28 03:[03]0", answer.text)
    assert "interpreted" not in answer.text


def test_repeated_hour_can_be_either(ana: Client, ana_agent, phoned, callback):
    User.objects.filter(pk=ana_agent.pk).update(timezone=BERLIN)
    typed = {"due_at": "2026-10-25T02:30", "consent": "by phone"}
    page = ana.post(address("list", callback), typed).text
    assert f"Times by the clock of {BERLIN}." in page
    assert "The first one is meant." in page
    assert "The second one: Sunday 25 October, 02:30 (UTC+01:00)" in page
    ana.post(address("list", callback), typed | {"take": offered(page)[-1]})
    second = successor(callback)
    assert second.due_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    ana.post(address("list", second), typed | {"sure": "outside_hours repeated_hour"})
    assert successor(second).due_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_repeated_hour_of_the_customer_can_be_either(ana: Client, phoned, callback):
    typed = {"when": "at", "day": "2026-10-25", "time": "02:30", "zone": BERLIN, "consent": "yes"}
    page = ana.post(address("move", callback), typed).text
    assert offered(page) == ["2026-10-25T01:30:00+00:00"]
    ana.post(address("move", callback), typed | {"take": offered(page)[0]})
    assert successor(callback).due_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_first_of_two_times_is_told_where_nothing_else_warns(ana: Client, ana_agent, phoned):
    User.objects.filter(pk=ana_agent.pk).update(timezone=BERLIN)
    typed = {"restored_at": "2026-10-25T02:30"}
    page = ana.post(f"{page_of(phoned)}estimate/", typed, follow=True).text
    assert "The first one is meant." in page
    assert timezone.now() == NOON
