from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.cases import domain
from apps.cases.models import Case
from apps.desk import inbox
from apps.desk.inbox import Cursor, Group, Reader, Scope

MAX_QUERIES = 12
MAX_BYTES = 60_000

type Factory = Callable[..., Case]


def numbers(page: str) -> list[str]:
    """The cases whose rows stand in a page; the strip names some as well."""
    return re.findall(r'<a class="case" href="/desk/cases/(CC-\d+)/', page)


def wait(case: Case, minutes: int) -> Case:
    """Let a case wait for us where nothing was promised."""
    at = timezone.now() - timedelta(minutes=minutes)
    Case.objects.filter(pk=case.pk).update(waiting_since=at, last_activity_at=at, due_at=None)
    return case


def due(case: Case, minutes: int) -> Case:
    Case.objects.filter(pk=case.pk).update(due_at=timezone.now() + timedelta(minutes=minutes))
    return case


def answered(case: Case, minutes: int) -> Case:
    at = timezone.now() - timedelta(minutes=minutes)
    Case.objects.filter(pk=case.pk).update(
        waiting_since=None, status="waiting", last_activity_at=at, due_at=None
    )
    return case


def queries_of(client: Client, address: str, headers: dict[str, str] | None = None) -> int:
    client.get(address, headers=headers)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address, headers=headers).status_code == 200
    return len(captured)


def test_inbox_shows_what_is_due_first_then_longest_wait_then_latest_answered(
    ana: Client, ana_agent: User, lamps: Team, case_factory: Factory
):
    cases = [case_factory(team=lamps, owner=ana_agent) for _ in range(6)]
    young, old = wait(cases[0], 5), wait(cases[1], 50)
    early, late = answered(cases[2], 90), answered(cases[3], 9)
    calm, broken = due(cases[4], 300), due(cases[5], -3)
    page = ana.get("/desk/inbox/").text
    assert numbers(page) == [case.number for case in (broken, calm, old, young, late, early)]
    assert page.index("Promises due") < page.index("Waiting for us")
    assert page.index("Waiting for us") < page.index("Waiting for the customer")


def test_tabs_show_whose_cases(
    ana: Client, ana_agent: User, ben_agent: User, lamps: Team, pumps: Team, case_factory: Factory
):
    mine = case_factory(team=lamps, owner=ana_agent)
    bens = case_factory(team=lamps, owner=ben_agent)
    free = case_factory(team=lamps)
    nobodys = case_factory(team=None)
    case_factory(team=pumps)
    shown = {tab: set(numbers(ana.get(f"/desk/inbox/?tab={tab}").text)) for tab in Scope}
    assert shown == {
        "mine": {mine.number},
        "team": {mine.number, bens.number, free.number, nobodys.number},
        "unassigned": {free.number, nobodys.number},
    }


def test_superuser_sees_the_cases_of_all_teams(
    root: User, at_desk, lamps: Team, pumps: Team, case_factory: Factory
):
    cases = [case_factory(team=team) for team in (lamps, pumps, None)]
    shown = numbers(at_desk(root).get("/desk/inbox/?tab=team").text)
    assert set(shown) == {case.number for case in cases}


def test_case_that_names_me_stands_in_my_teams_tab(
    stranger: User, at_desk, sam_supervisor: User, lamps: Team, case_factory: Factory
):
    case = case_factory(team=lamps)
    domain.restrict_case(case_id=case.pk, actor=sam_supervisor, users=[stranger])
    assert numbers(at_desk(stranger).get("/desk/inbox/?tab=team").text) == [case.number]


def test_channel_filter_shows_one_channel_alone(
    ana: Client, ana_agent: User, lamps: Team, case_factory: Factory
):
    case_factory(team=lamps, owner=ana_agent)
    called = case_factory(team=lamps, owner=ana_agent, channel="phone")
    assert numbers(ana.get("/desk/inbox/?channel=phone").text) == [called.number]


def test_unknown_choices_fall_back_to_the_whole_list(
    ana: Client, ana_agent: User, lamps: Team, case_factory: Factory
):
    case = case_factory(team=lamps, owner=ana_agent)
    page = ana.get("/desk/inbox/?tab=nonsense&channel=%00&after=us.x.y").text
    assert numbers(page) == [case.number]


@pytest.mark.parametrize("tab", list(Scope))
def test_pages_together_show_every_case_once_in_order(
    ana: Client, ana_agent: User, lamps: Team, case_factory: Factory, monkeypatch, tab: Scope
):
    monkeypatch.setattr(inbox, "PAGE", 2)
    owner = None if tab is Scope.UNASSIGNED else ana_agent
    teams = [lamps, None, lamps, None, lamps, lamps, None, lamps, None, lamps]
    cases = [case_factory(team=team, owner=owner) for team in teams]
    same = timezone.now() - timedelta(hours=1)
    Case.objects.filter(pk__in=[case.pk for case in cases[:3]]).update(due_at=same)
    Case.objects.filter(pk__in=[case.pk for case in cases[3:7]]).update(
        waiting_since=same, due_at=None
    )
    Case.objects.filter(pk__in=[case.pk for case in cases[7:]]).update(
        waiting_since=None, status="waiting", last_activity_at=same, due_at=None
    )
    seen: list[str] = []
    reader, after = Reader.of(ana_agent), None
    for _ in range(10):
        page = inbox.page(reader, tab, after=after, size=2)
        seen += [case.number for group in Group for case in page.cases[group]]
        after = page.following
        if after is None:
            break
        after = Cursor.parse(str(after))
    expected = [case.number for case in cases[:7]] + [case.number for case in reversed(cases[7:])]
    assert seen == expected


def test_more_is_a_page_of_its_own_without_a_script(
    ana: Client, ana_agent: User, lamps: Team, case_factory: Factory
):
    for _ in range(inbox.PAGE + 2):
        case_factory(team=lamps, owner=ana_agent)
    page = ana.get("/desk/inbox/")
    first = numbers(page.text)
    following = re.search(r'class="more"\s+href="([^"]+)"', page.text)[1].replace("&amp;", "&")
    second = ana.get(following).text
    part = ana.get(following, headers={"HX-Request": "true", "HX-Target": "more"}).text
    assert (len(first), len(set(first) | set(numbers(second)))) == (50, 52)
    assert "Back to the start" in second
    assert numbers(part) == numbers(second)
    assert "<html" not in part


def test_inbox_costs_the_same_queries_with_one_and_three_rows(
    ana: Client, ana_agent: User, lamps: Team, case_factory: Factory
):
    case_factory(team=lamps, owner=ana_agent)
    one = {tab: queries_of(ana, f"/desk/inbox/?tab={tab}") for tab in Scope}
    for _ in range(2):
        case_factory(team=lamps, owner=ana_agent)
    three = {tab: queries_of(ana, f"/desk/inbox/?tab={tab}") for tab in Scope}
    assert one == three
    assert max(three.values()) <= MAX_QUERIES


def test_full_inbox_stays_small(ana: Client, ana_agent: User, lamps: Team, case_factory: Factory):
    subject, text = "家里的锅炉一直滴水" * 10, "阀门从早上开始漏水，今天能派人来吗？" * 10
    for _ in range(inbox.PAGE):
        case_factory(team=lamps, owner=ana_agent, subject=subject, text=text, kind="complaint")
    assert len(ana.get("/desk/inbox/").content) <= MAX_BYTES


def test_counters_stop_at_ninety_nine(ana: Client, ana_agent: User, lamps: Team, cleo_customer):
    now = timezone.now()
    Case.objects.bulk_create(
        Case(
            customer=cleo_customer,
            team=lamps,
            owner=ana_agent,
            channel="email",
            status="open",
            waiting_since=now,
        )
        for _ in range(120)
    )
    counts = inbox.count(Reader.of(ana_agent))
    assert counts.values[Scope.MINE, Group.US] == inbox.CAP
    assert '<span class="n">99+</span>' in ana.get("/desk/inbox/").text


def test_rows_escape_what_customers_write(
    ana: Client, ana_agent: User, lamps: Team, case_factory: Factory
):
    case_factory(
        team=lamps, owner=ana_agent, subject="<script>alert(1)</script>", text='"><img src=x>'
    )
    page = ana.get("/desk/inbox/").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_chinese_rows_say_their_language(
    ana: Client, ana_agent: User, lamps: Team, case_factory: Factory
):
    case_factory(team=lamps, owner=ana_agent, subject="锅炉滴水")
    assert '<span class="l2 clip" lang="zh-Hans">锅炉滴水</span>' in ana.get("/desk/inbox/").text


def test_chips_tell_how_many_cases_spoke_last_on_a_channel(
    ana: Client, ana_agent: User, lamps: Team, case_factory: Factory
):
    for channel in ("email", "email", "phone"):
        case_factory(team=lamps, owner=ana_agent, channel=channel)
    case_factory(team=lamps, channel="fax")
    mine, team = (ana.get(f"/desk/inbox/{query}").text for query in ("", "?tab=team"))
    for page, channel, count in ((mine, "Email", "2"), (mine, "Phone", "1"), (mine, "Fax", "")):
        assert f'<span class="vh">{channel}</span>{count}</a>' in page
    assert '<span class="vh">Fax</span>1</a>' in team
    assert queries_of(ana, "/desk/inbox/?tab=team") <= MAX_QUERIES
