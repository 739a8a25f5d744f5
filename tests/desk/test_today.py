"""The first page of a shift."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.domain import add_absence
from apps.accounts.models import User
from apps.desk import today
from apps.desk.today import Yesterday
from apps.promises import domain
from apps.promises.enums import Kind
from apps.promises.models import Promise
from tests.cast import NOON, make_case, make_customer, make_user

ADDRESS = "/desk/today/"
NUMBER = "+8613800138000"
MAX_QUERIES = 17


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def call(clock, lamps, ana_agent) -> Callable[..., Promise]:
    def make(name: str = "Cleo", minutes: float = 60, **more: object) -> Promise:
        owner = more.pop("owner", ana_agent)
        case = make_case(make_customer(name), team=more.pop("team", lamps), owner=owner)
        Promise.objects.filter(case=case).delete()  # the clock of its answer
        due_at = datetime.now(tz=UTC) + timedelta(minutes=minutes)
        new = {"kind": Kind.CALLBACK, "text": f"Word to {name}", "address": NUMBER} | more
        return domain.make_promise(case_id=case.pk, actor=None, due_at=due_at, **new)

    return make


def test_front_door_leads_to_today(ana):
    answer = ana.get("/")
    assert (answer.status_code, answer.url) == (302, ADDRESS)


@pytest.mark.parametrize(
    ("hour", "zone", "words"),
    [
        (0, "Asia/Shanghai", "Good morning"),
        (4, "Asia/Shanghai", "Good afternoon"),
        (12, "Asia/Shanghai", "Good evening"),
        (4, "Europe/Berlin", "Good morning"),
        (12, "America/New_York", "Good morning"),
        (19, "Asia/Shanghai", "Good evening"),
    ],
)
def test_greeting_goes_by_the_clock_of_the_persons_zone(ana, ana_agent, clock, hour, zone, words):
    clock.move_to(NOON.replace(hour=hour))
    User.objects.filter(pk=ana_agent.pk).update(timezone=zone)
    assert f"{words}," in ana.get(ADDRESS).text


def test_colleagues_who_are_there_are_named(ana, clock, lamps, pumps):
    make_user("dora", lamps, display_name="Dora")
    make_user("away", lamps, display_name="Abel Away", presence="away")
    gone = make_user("gone", lamps, display_name="Gus Gone")
    add_absence(user=gone, begins_at=NOON - timedelta(1), ends_at=NOON + timedelta(1))
    make_user("foreign", pumps, display_name="Fay Foreign")
    head = ana.get(ADDRESS).text.split('class="grid-t"')[0]
    assert "Dora" in head
    assert not re.search("Abel|Gus|Fay", head)


def test_next_promise_stands_large_and_the_rest_below(ana, call, clock):
    for name, minutes in (("Later", 90), ("First", 12), ("Third", 300), ("Second", 40)):
        call(name, minutes)
    for number in range(3):
        call(f"More {number}", 400 + number)
    call("Tomorrow", 24 * 60)
    text = ana.get(ADDRESS).text
    hero, rest = text.split('class="plist due"')
    assert "First" in hero
    assert f'href="tel:{NUMBER}"' in hero
    assert re.search(
        r'<b><span class="tick" data-state="soon" data-due="\d+"[^>]* data-ticks', hero
    )
    assert "12:00</span>" in hero
    below = rest.split("</ul>")[0]
    assert [below.index(name) for name in ("Second", "Later", "Third")] == sorted(
        below.index(name) for name in ("Second", "Later", "Third")
    )
    assert "3 more today" in text
    times = re.search(r'aria-label="Your promises of today: ([^"]+)"', text)[1]
    assert times.startswith("12:12, 12:40, 13:30, 17:00")
    assert len(re.findall(r'<circle class="pt"', text)) == 7


def test_late_one_is_first_and_says_how_late(ana, call, clock):
    call("Late", 5)
    clock.move_to(NOON + timedelta(minutes=20))
    domain.tick()
    call("Next", 5)
    hero = ana.get(ADDRESS).text.split('class="plist due"')[0]
    assert "15 min late" in hero
    assert 'class="hero-l" data-state="late"' in hero


@pytest.mark.parametrize(("x", "labels"), [
    (400.0, []),  # the clock's line would cross it, in either row
    (430.0, []),  # its name is longer than the clock's digits beside the line
    (520.0, ["A wide name", "A wide name"]),
])  # fmt: skip
def test_labels_of_the_day_keep_off_the_clock(x, labels):
    line: Any = SimpleNamespace(name="A wide name", clock=SimpleNamespace(state="calm"))
    dots = today._dots([(x, line), (x + 6, line)], now=400.0)
    assert [dot.label for dot in dots if dot.label] == labels
    assert len(dots) == 2


def test_nothing_owed_is_a_glad_page(ana, clock):
    text = ana.get(ADDRESS).text
    assert "Every promise of yours is kept." in text
    assert "line-day" not in text


def test_yesterday_counts_what_was_kept_of_what_was_kept_or_broke(ana, call, clock, ana_agent):
    clock.move_to(NOON - timedelta(days=1))
    kept = [call(f"Kept {n}", 60) for n in range(3)]
    broken = call("Broken", 60)
    for promise in kept:
        domain.keep_promise(promise_id=promise.pk, actor=ana_agent)
    clock.move_to(NOON - timedelta(hours=22))
    domain.tick()
    clock.move_to(NOON)
    domain.keep_promise(promise_id=broken.pk, actor=ana_agent)  # late, today
    assert today.build(ana_agent).yesterday == Yesterday(3, 4)
    assert "Yesterday you kept 3 of 4" in ana.get(ADDRESS).text


def risks(client: Client) -> list[str]:
    text = client.get(ADDRESS).text
    if 'id="risk-h"' not in text:
        return []
    panel = text.split('id="risk-h"')[1].split("</section>")[0]
    return re.findall(r"<small[^>]*>([^<]+)</small>", panel)


def test_lead_sees_what_is_about_to_be_missed_before_anybody_calls(
    at_desk, call, sam_supervisor, ben_agent, lamps, clock
):
    lead = at_desk(sam_supervisor)
    fine = call("Fine", 100)
    assert risks(lead) == []
    add_absence(user=ben_agent, begins_at=NOON, ends_at=NOON + timedelta(days=1))
    call("Absent", 30, owner=ben_agent)
    call("Away", 40, owner=make_user("away", lamps, display_name="Abel", presence="away"))
    call(
        "Home",
        50,
        owner=make_user("home", lamps, display_name="Hal", working_hours="Mon 09:00-10:00"),
    )
    call("Nobody", 60, owner=None)
    assert risks(lead) == [
        "Ben is absent",
        "Abel is away",
        "Hal is not at work",
        "belongs to nobody",
    ]
    clock.move_to(NOON + timedelta(minutes=80))
    domain.tick()
    fine.refresh_from_db()
    assert risks(lead) == ["Ana, little time left"]


def test_risks_are_for_leads_and_of_their_own_teams(
    ana, at_desk, call, sam_supervisor, pumps, stranger
):
    call("Foreign", 30, owner=None, team=pumps)
    assert risks(at_desk(sam_supervisor)) == []
    call("Nobody", 30, owner=None)
    assert risks(ana) == []
    assert risks(at_desk(stranger)) == []
    assert risks(at_desk(sam_supervisor)) == ["belongs to nobody"]


def test_unassigned_cases_and_unread_notices_stand_beside(ana, clock, lamps):
    make_case(make_customer("Waits long"), team=lamps)
    text = ana.get(ADDRESS).text
    assert "Waits long" in text.split('id="wait-h"')[1]
    assert "Everything is read" in text.split('id="news-h"')[1]


@pytest.mark.parametrize("person", ["ana_agent", "sam_supervisor"])
def test_queries_do_not_grow_with_promises(at_desk, call, request, lamps, person):
    user = request.getfixturevalue(person)
    client = at_desk(user)

    def queries() -> int:
        client.get(ADDRESS)
        with CaptureQueriesContext(connection) as captured:
            client.get(ADDRESS)
        return len(captured)

    def add() -> None:
        call("Mine", 30, owner=user)
        call("Nobody's", 30, owner=None)
        make_case(team=lamps)

    add()
    one = queries()
    add()
    add()
    assert queries() <= one  # a full list of waiting cases asks no further groups
    assert one <= MAX_QUERIES


def test_part_that_follows_the_clock_is_no_whole_page(ana, clock):
    answer = ana.get(ADDRESS, headers={"hx-request": "true", "hx-target": "today"})
    assert "<html" not in answer.text
    assert 'id="today"' in answer.text
