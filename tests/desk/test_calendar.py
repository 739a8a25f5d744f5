"""The calendar of callbacks beside the list, and how many of them are one's own."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone

from apps.promises import domain
from tests.cast import make_case, make_customer


def test_calendar_shows_what_nobody_has_of_ones_team_and_of_no_team(ana, lamps, pumps):
    at = timezone.localtime().replace(hour=12) + timedelta(days=1)
    for name, team in (("Ours", lamps), ("Teamless", None), ("Foreign", pumps)):
        case = make_case(make_customer(name), team=team)
        new = {"kind": "callback", "due_at": at, "address": "+8613800138000"}
        domain.make_promise(case_id=case.pk, actor=None, **new)
    page = ana.get(f"/desk/promises/?day={at:%Y-%m-%d}").text
    calendar = page.split('class="cal scroll"')[1]
    assert [name in calendar for name in ("Ours", "Teamless", "Foreign")] == [True, True, False]


def test_calendar_shows_two_at_one_time_and_links_to_the_others(ana, lamps):
    at = timezone.localtime().replace(hour=12, minute=0, second=0) + timedelta(days=1)
    new = {"kind": "callback", "due_at": at, "address": "+8613800138000"}
    called = [
        domain.make_promise(
            case_id=make_case(make_customer(f"Guest {one}"), team=lamps).pk, actor=None, **new
        )
        for one in range(4)
    ]
    page = ana.get(f"/desk/promises/?day={at:%Y-%m-%d}").text
    calendar = page.split('class="cal scroll"')[1]
    assert re.findall(r"<b[^>]*>(Guest \d)</b>", calendar) == ["Guest 0", "Guest 1"]
    assert f"#promise-{called[2].pk}" in calendar
    assert "more at this time: Guest 2, Guest 3" in calendar
    assert re.search(r'class="ev ev-more"[^>]*>\+2<', calendar)


def test_rail_counts_what_i_owe_but_for_answers(ana, ana_agent, lamps):
    due = timezone.now() + timedelta(hours=1)
    for name in ("One", "Two"):
        case = make_case(make_customer(name), team=lamps, owner=ana_agent)
        domain.make_promise(case_id=case.pk, actor=ana_agent, kind="follow_up", due_at=due)
    assert 'aria-label="2 promises are yours"' in ana.get("/desk/promises/").text
