"""Links without an account: who they let in, and that fetching them changes nothing."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.cases import domain
from apps.cases.models import Case, CaseEvent, Interaction
from apps.common import links
from apps.customers import domain as customers
from apps.helpcentre.domain import entering
from apps.helpcentre.models import CodeRequest, Press
from contactcentre.redaction import LinksFilter
from tests.cast import make_case, make_customer
from tests.helpcentre.conftest import enter, link_to, page_of

SCANNERS = [
    {},
    {"headers": {"Sec-Purpose": "prefetch"}},
    {"headers": {"Purpose": "prefetch", "X-Moz": "prefetch"}},
    {"headers": {"User-Agent": "BarracudaCentral/1.0"}},
]


def state():
    """Everything that a visit could change."""
    return (
        list(Case.objects.values_list("pk", "status", "closed_at", "last_activity_at")),
        CaseEvent.objects.count(),
        Interaction.objects.count(),
        CodeRequest.objects.count(),
        Press.objects.count(),
    )


def test_link_leads_to_the_request_and_leaves_the_address(cleo_case, browser):
    answer = browser.get(link_to(cleo_case))
    assert (answer.status_code, answer.headers["Location"]) == (302, page_of(cleo_case))
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    page = browser.get(page_of(cleo_case))
    assert page.status_code == 200
    assert "The lamp flickers" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert page.headers["X-Robots-Tag"].startswith("noindex")
    assert page.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("extra", SCANNERS)
def test_scanner_that_fetches_a_link_changes_nothing(cleo_case, ana_agent, method, extra):
    domain.resolve_case(case_id=cleo_case.pk, actor=ana_agent)
    before = state()
    browser = Client()
    for _time in range(2):
        getattr(browser, method)(link_to(cleo_case), follow=True, **extra)
        for path in ("", "works/", "not-yet/", "write/"):
            getattr(browser, method)(page_of(cleo_case) + path, **extra)
    assert state() == before
    assert enter(Client(), cleo_case)  # and the customer's own visit works after it


def dead_links(case, actor):
    """Links that are over, each for another reason."""
    other = make_case(make_customer("Zoe"))
    good = link_to(case)
    until = timezone.now() + timedelta(days=1)
    yield "forged", good[:-3] + "xx/"
    yield "cut", good[:30] + "/"
    yield "nonsense", "/help/in/anything/"
    yield "long", f"/help/in/{'a' * 400}/"
    yield "expired", link_to(case, age=timedelta(days=31))
    keys = (case.pk, case.customer_id)
    yield "purpose", f"/help/in/{links.make('callback', *keys, serial=0, until=until)}/"
    wrong = (case.pk, other.customer_id)
    yield "customer", f"/help/in/{links.make('status', *wrong, serial=0, until=until)}/"
    nowhere = (10**9, case.customer_id)
    yield "nowhere", f"/help/in/{links.make('status', *nowhere, serial=0, until=until)}/"
    entering.turn_links(case_id=case.pk, actor=actor)
    yield "revoked", good


def test_links_that_are_over_are_answered_alike(cleo_case, ana_agent):
    answers = {}
    for why, path in dead_links(cleo_case, ana_agent):
        browser = Client()
        first = browser.get(path)
        page = browser.get(first.headers["Location"])
        answers[why] = (first.status_code, first.headers["Location"], page.status_code)
        assert "visit" not in browser.cookies
        assert "flickers" not in page.content.decode()
        assert "Follow your request" in page.content.decode()
    assert len(answers) == 9
    assert set(answers.values()) == {(302, "/help/over/", 410)}


def test_forged_link_asks_no_database(cleo_case, browser, django_assert_num_queries):
    good = link_to(cleo_case)
    for path in (good[:-3] + "xx/", link_to(cleo_case, age=timedelta(days=31))):
        with django_assert_num_queries(0):
            browser.get(path)


def test_revoking_ends_the_visits_that_began_by_the_link(cleo_case, ana_agent, browser):
    enter(browser, cleo_case)
    assert browser.get(page_of(cleo_case)).status_code == 200
    entering.turn_links(case_id=cleo_case.pk, actor=ana_agent)
    assert browser.get(page_of(cleo_case)).status_code == 302
    assert "flickers" in enter(browser, cleo_case)  # a link that is sent now works


def test_link_opens_its_own_request_alone(cleo_case, browser):
    other = make_case(cleo_case.customer, subject="The lamp hums")
    enter(browser, cleo_case)
    assert browser.get(page_of(other)).status_code == 404
    assert browser.get("/help/requests/").headers["Location"] == page_of(cleo_case)


def test_link_follows_a_merge_but_not_to_another_customer(cleo_case, root, browser):
    into = make_case(cleo_case.customer, team=cleo_case.team, subject="The same lamp")
    path = link_to(cleo_case)
    domain.merge_case(case_id=cleo_case.pk, into_id=into.pk, actor=root)
    assert "The same lamp" in browser.get(path, follow=True).content.decode()
    theirs = make_case(make_customer("Zoe"), team=cleo_case.team, subject="Zoe's lamp")
    domain.merge_case(case_id=into.pk, into_id=theirs.pk, actor=root)
    assert Client().get(path).headers["Location"] == "/help/over/"
    assert browser.get(page_of(theirs)).status_code == 302


def test_link_survives_a_merge_of_customers(cleo_case, root, browser):
    path = link_to(cleo_case)
    into = make_customer("Cleo too")
    customers.merge_customer(customer_id=cleo_case.customer_id, into_id=into.pk, actor=root)
    assert "flickers" in browser.get(path, follow=True).content.decode()


def test_visit_ends_two_hours_after_the_last_page(cleo_case, browser, time_machine):
    time_machine.move_to(timezone.now())
    enter(browser, cleo_case)
    time_machine.shift(timedelta(hours=1, minutes=50))
    assert browser.get(page_of(cleo_case)).status_code == 200
    time_machine.shift(timedelta(hours=2, minutes=1))
    assert browser.get(page_of(cleo_case)).status_code == 302


def test_visit_ends_twelve_hours_after_the_first(cleo_case, browser, time_machine):
    time_machine.move_to(timezone.now())
    enter(browser, cleo_case)
    for _hour in range(12):
        browser.get(page_of(cleo_case))
        time_machine.shift(timedelta(hours=1, minutes=1))
    assert browser.get(page_of(cleo_case)).status_code == 302


def test_leaving_ends_the_visit(cleo_case, browser):
    enter(browser, cleo_case)
    browser.post("/help/leave/")
    assert browser.get(page_of(cleo_case)).status_code == 302


def test_visit_is_no_log_in(cleo_case, browser):
    enter(browser, cleo_case)
    assert browser.cookies["visit"]["path"] == "/help/"
    assert browser.cookies["visit"]["httponly"]
    assert browser.get(f"/desk/cases/{cleo_case.number}/").status_code == 302
    assert browser.get("/api/v1/cases/").status_code in {401, 403}


def test_cookie_of_the_asked_code_is_no_visit(cleo_case, browser):
    browser.post("/help/", {"number": cleo_case.number, "address": "cleo@example.org"})
    browser.cookies["visit"] = browser.cookies["visit-code"].value
    assert browser.get(page_of(cleo_case)).status_code == 302


def test_tokens_stay_out_of_the_log(cleo_case):
    token = link_to(cleo_case)
    line = logging.LogRecord("x", logging.WARNING, "", 0, "Not found: %s", (token,), None)
    assert LinksFilter().filter(line)
    assert line.getMessage() == "Not found: /help/in/…/"
    other = logging.LogRecord("x", logging.WARNING, "", 0, "at %d %s", (5, "o'clock"), None)
    LinksFilter().filter(other)
    assert other.getMessage() == "at 5 o'clock"
