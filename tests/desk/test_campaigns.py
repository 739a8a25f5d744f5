"""Return-visit campaigns at the desk, from the list of customers to the report."""

from __future__ import annotations

import csv
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.cases.models import Case
from apps.common.csvfile import plain
from apps.customers import domain as customers
from apps.customers.domain import note_preference
from apps.customers.models import Customer
from apps.promises import domain
from apps.promises.models import Attempt, Campaign, Promise, Visit
from tests.cast import NOON, make_case, make_customer
from tests.desk.test_inbox import queries_of

NEW = "/desk/campaigns/new/"


@pytest.fixture
def sam(sam_supervisor, at_desk) -> Client:
    return at_desk(sam_supervisor)


@pytest.fixture
def plan(lamps) -> domain.Plan:
    due = timezone.now() + timedelta(days=7)
    return domain.Plan("New lamps", lamps, due, "Do they shine?", "happy\nunhappy")


@pytest.fixture
def typed(lamps) -> dict[str, str]:
    due = timezone.localtime(timezone.now() + timedelta(days=7))
    return {
        "name": "New lamps",
        "team": str(lamps.pk),
        "due_at": f"{due:%Y-%m-%dT%H:%M}",
        "script": "Do they shine?",
        "outcomes": "happy\n\nunhappy\nhappy",
    }


def callable_customer(number: int = 0) -> Customer:
    made = make_customer(f"Customer {number}")
    customers.add_identity(customer=made, kind="phone", value=f"+861380013{number:04d}")
    return made


def start(plan, sam_supervisor, count: int) -> Campaign:
    found = [callable_customer(number) for number in range(count)]
    return domain.start_campaign(actor=sam_supervisor, plan=plan, customers=found)


def test_lead_looks_whom_it_would_call_and_starts(sam, typed):
    one, two = callable_customer(1), callable_customer(2)
    typed["listed"] = "+86 138 0013 0001, customer@nowhere.example"
    page = sam.post(NEW, typed | {"look": "1"})
    assert page.status_code == 422
    assert "Nobody is known by: customer@nowhere.example." in page.text
    typed["listed"] = f"+86 138 0013 0001\n{two.identities.get(kind='email').value}"
    page = sam.post(NEW, typed | {"look": "1"})
    assert page.status_code == 200
    assert "2 customers" in page.text
    assert not Campaign.objects.exists()
    answer = sam.post(NEW, typed | {"start": "1"})
    campaign = Campaign.objects.get()
    assert answer.headers["Location"] == f"/desk/campaigns/{campaign.pk}/"
    assert campaign.answers == ["happy", "unhappy"]
    called = {visit.promise.case.customer for visit in campaign.visits.all()}
    assert called == {one, two}


def test_filters_must_all_fit(sam_supervisor, lamps, pumps):
    inside = customers.create_customer(name="Xu Lan", organisation="Harbour Bakery")
    other = customers.create_customer(name="Xu Min", organisation="Museum")
    case = make_case(inside, team=lamps)
    from apps.cases.domain import update_case

    update_case(case_id=case.pk, actor=sam_supervisor, tags=["warranty"])

    def found(**wanted) -> set[Customer]:
        want = domain.Wanted(**wanted)
        return set(domain.choose_customers(actor=sam_supervisor, wanted=want, most=9).customers)

    assert found(words="Xu") == {inside, other}
    assert found(words="Xu", organisation="bakery") == {inside}
    assert found(tag="warranty") == {inside}
    assert found(tag="warranty", organisation="museum") == set()
    assert found() == set()


def test_customers_whose_addresses_are_hidden_are_not_found(sam_supervisor, pumps):
    hidden = callable_customer(7)
    make_case(hidden, team=pumps)
    want = domain.Wanted(words="Customer 7", addresses=["+8613800130007"])
    found = domain.choose_customers(actor=sam_supervisor, wanted=want, most=9)
    assert (list(found.customers), list(found.unknown)) == ([], ["+8613800130007"])


def test_number_that_the_lead_may_not_read_does_not_come_by_a_campaign(plan, sam_supervisor, pumps):
    hidden = callable_customer(8)
    make_case(hidden, team=pumps)
    domain.start_campaign(actor=sam_supervisor, plan=plan, customers=[hidden])
    assert Promise.objects.get(visit__isnull=False).address == ""


@pytest.mark.parametrize("wrong", [{"name": ""}, {"outcomes": " "}, {"due_at": "2020-01-01T10:00"}])
def test_bad_input_keeps_what_was_typed(sam, typed, wrong):
    callable_customer(1)
    page = sam.post(NEW, typed | {"listed": "+8613800130001", "start": "1"} | wrong)
    assert page.status_code == 422
    assert "Do they shine?" in page.text
    assert "+8613800130001" in page.text
    assert not Campaign.objects.exists()


def test_nobody_chosen_is_a_sentence(sam, typed):
    page = sam.post(NEW, typed | {"start": "1"})
    assert page.status_code == 422
    assert "Choose between one and 2000 customers" in page.text


def test_agents_start_none(ana, typed):
    assert ana.get(NEW).status_code == 403
    assert ana.post(NEW, typed | {"start": "1"}).status_code == 403
    assert "New campaign" not in ana.get("/desk/campaigns/").text


def test_agent_notes_what_was_said_and_who_was_not_reached(ana, plan, sam_supervisor):
    campaign = start(plan, sam_supervisor, 2)
    first, second = campaign.visits.order_by("pk")
    page = ana.get(f"/desk/campaigns/{campaign.pk}/").text
    assert "Do they shine?" in page
    assert 'href="tel:+8613800130000"' in page
    page = ana.post(f"/desk/visits/{first.pk}/finish/", {"outcome": "happy"}, follow=True).text
    assert "Noted: happy." in page
    page = ana.post(f"/desk/visits/{second.pk}/attempt/", {"outcome": "busy"}, follow=True).text
    assert "tried 1 time" in page
    wish = {"customer_id": second.promise.case.customer_id, "kind": "no_voicemail"}
    note_preference(actor=sam_supervisor, **wish)
    left = {"outcome": "voicemail"}
    page = ana.post(f"/desk/visits/{second.pk}/attempt/", left, follow=True).text
    assert "asked us to leave no voicemail" in page
    assert 'name="sure" value="on"' in page
    assert Attempt.objects.get().outcome == "busy"
    for address, data in (("finish", {"outcome": "odd"}), ("attempt", {"outcome": "odd"})):
        ana.post(f"/desk/visits/{second.pk}/{address}/", data)
    second.refresh_from_db()
    assert (second.outcome, Attempt.objects.count()) == ("", 1)


def test_leads_end_it_and_agents_do_not(ana, sam, plan, sam_supervisor):
    campaign = start(plan, sam_supervisor, 1)
    assert ana.post(f"/desk/campaigns/{campaign.pk}/end/").status_code == 404
    page = sam.post(f"/desk/campaigns/{campaign.pk}/end/", follow=True).text
    assert "The campaign has ended" in page
    campaign.refresh_from_db()
    assert campaign.ended_at is not None


def test_stranger_finds_nothing(foreigner, plan, sam_supervisor):
    campaign = start(plan, sam_supervisor, 1)
    visit = campaign.visits.get()
    assert "New lamps" not in foreigner.get("/desk/campaigns/").text
    for path in (f"/desk/campaigns/{campaign.pk}/", f"/desk/campaigns/{campaign.pk}/report.csv"):
        assert foreigner.get(path).status_code == 404
    for path in (
        f"/desk/campaigns/{campaign.pk}/end/",
        f"/desk/visits/{visit.pk}/finish/",
        f"/desk/visits/{visit.pk}/attempt/",
    ):
        assert foreigner.post(path, {"outcome": "happy"}).status_code == 404
    visit.refresh_from_db()
    assert visit.outcome == ""


def test_fetching_changes_nothing(sam, plan, sam_supervisor):
    campaign = start(plan, sam_supervisor, 1)
    visit = campaign.visits.get()
    for path in (
        f"/desk/campaigns/{campaign.pk}/end/",
        f"/desk/visits/{visit.pk}/finish/?outcome=happy",
        f"/desk/visits/{visit.pk}/attempt/?outcome=busy",
    ):
        assert sam.get(path).status_code == 302
    visit.refresh_from_db()
    campaign.refresh_from_db()
    assert (visit.outcome, campaign.ended_at, Attempt.objects.count()) == ("", None, 0)


def test_long_list_comes_in_pages_that_show_each_customer_once(ana, plan, sam_supervisor):
    campaign = start(plan, sam_supervisor, 45)
    address, seen = f"/desk/campaigns/{campaign.pk}/", []
    for _turn in range(5):
        page = ana.get(address).text
        seen += re.findall(r"/desk/visits/(\d+)/finish/", page)
        following = re.search(r'href="(\?after=\d+)"', page)
        if following is None:
            break
        address = f"/desk/campaigns/{campaign.pk}/{following[1]}"
    assert seen == [str(pk) for pk in campaign.visits.order_by("pk").values_list("pk", flat=True)]


@pytest.mark.time_machine(NOON)
def test_row_says_what_the_customer_asked_us_not_to_do(ana, plan, sam_supervisor, ana_agent):
    rests, writes, easy = (make_customer(name) for name in ("Cleo", "Mai", "Theo"))
    note_preference(customer_id=rests.pk, kind="quiet_hours", value="11:00-14:00", actor=ana_agent)
    note_preference(customer_id=writes.pk, kind="channel", value="email", actor=ana_agent)
    later = domain.Plan(plan.name, plan.team, NOON + timedelta(days=2), plan.script, plan.outcomes)
    made = domain.start_campaign(actor=sam_supervisor, plan=later, customers=[rests, writes, easy])
    page = ana.get(f"/desk/campaigns/{made.pk}/").text
    assert "Cleo asked not to be called between 11:00 and 14:00 (their time)." in page
    assert "Mai would rather be reached by: Email." in page
    assert "Theo asked" not in page
    assert "Theo would" not in page


def test_pages_cost_the_same_with_one_and_three_rows(ana, plan, sam_supervisor):
    counts = []
    for number in (1, 3):
        while Campaign.objects.count() < number:
            campaign = domain.start_campaign(
                actor=sam_supervisor,
                plan=plan,
                customers=[make_customer() for _ in range(number)],
            )
        counts.append(
            [
                queries_of(ana, "/desk/campaigns/"),
                queries_of(ana, f"/desk/campaigns/{campaign.pk}/"),
                queries_of(ana, f"/desk/campaigns/{campaign.pk}/report.csv"),
            ]
        )
    assert counts[0] == counts[1]


def test_campaign_over_two_hundred_customers_runs_to_its_report(ana, sam, plan, sam_supervisor):
    found = [callable_customer(number) for number in range(200)]
    with CaptureQueriesContext(connection) as captured:
        campaign = domain.start_campaign(actor=sam_supervisor, plan=plan, customers=found)
    assert len(captured) < 60
    assert Promise.objects.owed().filter(visit__campaign=campaign).count() == 200
    assert (
        Case.objects.filter(promises__visit__campaign=campaign, due_at=plan.due_at).count() == 200
    )
    said = {"happy": 120, "unhappy": 60}
    visits = iter(campaign.visits.order_by("pk"))
    for outcome, count in said.items():
        for _turn in range(count):
            ana.post(f"/desk/visits/{next(visits).pk}/finish/", {"outcome": outcome})
    Promise.objects.filter(visit=next(visits)).update(settlement="not_reached")
    page = " ".join(sam.get(f"/desk/campaigns/{campaign.pk}/").text.split())
    report = domain.report_of(campaign)
    assert (report.total, report.done, report.outcomes) == (200, 180, said)
    assert "67 %" in page
    assert "33 %" in page
    assert 'width="67"' in page
    sam.post(f"/desk/campaigns/{campaign.pk}/end/")
    assert not Visit.objects.owed().filter(campaign=campaign).exists()
    text = sam.get(f"/desk/campaigns/{campaign.pk}/report.csv").text
    rows = list(csv.reader(text.removeprefix("\ufeff").splitlines()))
    assert len(rows) == 201
    assert [row[2] for row in rows].count("happy") == 120


def test_export_runs_no_formula(sam, plan, sam_supervisor):
    bad = customers.create_customer(name="=HYPERLINK(1)")
    campaign = domain.start_campaign(actor=sam_supervisor, plan=plan, customers=[bad])
    answer = sam.get(f"/desk/campaigns/{campaign.pk}/report.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "'=HYPERLINK(1)" in answer.text
    for cell in ("+1", "-1", "@x", "\t=1", " =1", "\u3000=1"):
        assert plain(cell) == f"'{cell}"
    assert [plain(3), plain("a=1"), plain(None)] == [3, "a=1", ""]
