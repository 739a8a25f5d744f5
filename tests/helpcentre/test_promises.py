"""What a customer sees of our promises: the next one above, and all of them as steps."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.cases import domain as cases
from apps.customers import domain as customers
from apps.helpcentre import owed
from apps.promises import domain
from apps.promises.enums import Kind, Outcome
from apps.promises.models import Promise
from tests.cast import NOON, make_case, make_customer
from tests.helpcentre.conftest import enter, page_of

NUMBER = "+8613800138066"


@pytest.fixture
def inside(cleo_case, browser, ana_agent) -> Client:
    customers.add_identity(customer=cleo_case.customer, kind="phone", value=NUMBER)
    cases.take_case(case_id=cleo_case.pk, actor=ana_agent)
    enter(browser, cleo_case)
    return browser


@pytest.fixture
def promise(cleo_case, ana_agent):
    def make(kind=Kind.CALLBACK, minutes=20, case=cleo_case, **more):
        due = timezone.now() + timedelta(minutes=minutes)
        new = {"kind": kind, "due_at": due} | more
        return domain.make_promise(case_id=case.pk, actor=ana_agent, **new)

    return make


def page(browser, case) -> str:
    answer = browser.get(page_of(case))
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def card(shown: str) -> str:
    return shown.partition("promise-h")[2].partition("</section>")[0]


def grow_old(promise: Promise) -> None:
    """Let the promise's time be over."""
    past = timezone.now() - timedelta(minutes=5)
    Promise.objects.filter(pk=promise.pk).update(
        made_at=past - timedelta(hours=1), due_at=past, deadline=past, next_check_at=past
    )
    domain.tick()


@pytest.mark.time_machine(NOON)
def test_card_says_who_calls_by_when_on_which_number(cleo_case, inside, promise):
    made = promise(text="With the arrival time")
    shown = card(page(inside, cleo_case))
    assert f"Ana calls you by {timezone.localtime(made.due_at):%H:%M}" in shown
    assert "With the arrival time" in shown
    assert "On your number ending 66." in shown
    assert NUMBER not in page(inside, cleo_case)
    assert re.search(r"<b>(19|20):\d\d</b>", page(inside, cleo_case))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.PROGRESS_UPDATE, "You hear how it goes by"),
        (Kind.FOLLOW_UP, "We ask you by"),
        (Kind.TEST, "We test it together by"),
    ],
)
def test_card_of_each_kind_that_is_told(cleo_case, inside, promise, kind, words):
    promise(kind, minutes=1)
    assert words in card(page(inside, cleo_case))


def test_clock_of_the_answer_is_a_promise_too(cleo_case, inside):
    assert Promise.objects.owed().get(case=cleo_case).automatic
    assert "You get an answer by" in card(page(inside, cleo_case))


def test_what_is_due_first_stands_above(cleo_case, inside, promise):
    promise(Kind.TEST, minutes=9)
    promise(minutes=3)
    shown = page(inside, cleo_case)
    assert "Ana calls you" in card(shown)
    assert "We test it together" in shown


@pytest.mark.parametrize("kind", [Kind.INQUIRY, "senior", Kind.WIN_BACK])
def test_what_is_ours_alone_is_not_shown(cleo_case, inside, promise, kind):
    made = promise(kind, minutes=1, text="Secret-question")
    assert "Secret" not in page(inside, cleo_case)
    Promise.objects.filter(pk=made.pk).update(kind=Kind.TEST)
    assert "Secret" in page(inside, cleo_case)  # guards the line above


def test_reason_and_notes_are_not_shown(cleo_case, inside, promise, ana_agent):
    made = promise()
    domain.record_attempt(
        promise_id=made.pk, actor=ana_agent, outcome=Outcome.BUSY, note="Secret-note"
    )
    domain.withdraw_promise(promise_id=made.pk, actor=ana_agent, reason="Secret-reason")
    shown = page(inside, cleo_case)
    assert "Secret" not in shown
    assert "We tried to call you at" in shown
    assert "No call is needed any more" in shown


def test_late_one_says_sorry_and_when(cleo_case, inside, promise):
    made = promise()
    grow_old(made)
    made.refresh_from_db()
    shown = card(page(inside, cleo_case))
    assert "We are late, and we are sorry." in shown
    assert f"We wanted to call you by {timezone.localtime(made.deadline):%H:%M}" in shown


def test_timeline_tells_the_story(cleo_case, inside, promise, ana_agent):
    made = promise(window_end=timezone.now() + timedelta(minutes=50))
    early = domain.record_attempt(promise_id=made.pk, actor=ana_agent, outcome=Outcome.NO_ANSWER)
    shown = page(inside, cleo_case)
    assert "We promised to call you" in shown
    assert "We try to reach you again at" not in shown
    early.delete()
    Promise.objects.filter(pk=made.pk).update(due_at=timezone.now())
    domain.record_attempt(promise_id=made.pk, actor=ana_agent, outcome=Outcome.NO_ANSWER)
    shown = page(inside, cleo_case)
    assert "We try to reach you again at" in card(shown)
    tried = timezone.localtime(made.attempts.get().at)
    assert f"We tried to call you at {tried:%H:%M}" in shown
    done = {"outcome": Outcome.REACHED_DONE, "note": "Secret-note"}
    domain.record_attempt(promise_id=made.pk, actor=ana_agent, **done)
    shown = page(inside, cleo_case)
    assert "Promise kept: we called you" in shown
    assert "We try to reach you again" not in shown
    assert "Secret-note" not in shown


def test_moved_by_agreement_and_kept_late(cleo_case, inside, promise, ana_agent):
    made = promise()
    due = timezone.now() + timedelta(hours=1)
    later = domain.renegotiate_promise(
        promise_id=made.pk, actor=ana_agent, due_at=due, consent="Secret-consent"
    )
    assert "We agreed on a new time" in page(inside, cleo_case)
    grow_old(later)
    domain.keep_promise(promise_id=later.pk, actor=ana_agent)
    shown = page(inside, cleo_case)
    assert "We called you, later than promised. We are sorry" in shown
    assert "Secret" not in shown


def test_times_are_the_customers_and_say_so(cleo_case, inside, promise, settings):
    customer = cleo_case.customer
    assert "by the clock of" not in page(inside, cleo_case)
    customer.timezone = "Pacific/Kiritimati"
    customer.save()
    made = promise(Kind.TEST, minutes=1)
    from zoneinfo import ZoneInfo

    local = timezone.localtime(made.deadline, ZoneInfo("Pacific/Kiritimati"))
    shown = page(inside, cleo_case)
    assert "by the clock of Pacific/Kiritimati" in shown
    assert f"{local:%H:%M}" in card(shown)


def test_promise_of_another_customer_who_was_merged_in_is_not_shown(
    cleo_case, inside, promise, root, ana_agent
):
    zoes = make_case(make_customer("Zoe"), team=cleo_case.team)
    theirs = promise(case=zoes, minutes=1, text="Secret-words", address="+8613800138077")
    cases.merge_case(case_id=zoes.pk, into_id=cleo_case.pk, actor=root)
    due = timezone.now() + timedelta(minutes=2)
    domain.renegotiate_promise(
        promise_id=theirs.pk, actor=ana_agent, due_at=due, consent="by phone"
    )
    shown = page(inside, cleo_case)
    assert "Secret" not in shown
    assert "ending 77" not in shown
    args = [cleo_case.number, theirs.pk]
    assert inside.post(reverse("helpcentre:callback_cancel", args=args)).status_code == 404


def test_promise_that_came_with_an_own_merged_request_is_shown(cleo_case, inside, promise, root):
    other = make_case(cleo_case.customer, team=cleo_case.team)
    promise(case=other, minutes=1, text="From the other request")
    cases.merge_case(case_id=other.pk, into_id=cleo_case.pk, actor=root)
    assert "From the other request" in page(inside, cleo_case)


def test_it_works_explains_what_is_still_owed(cleo_case, inside, promise, ana_agent):
    promise(minutes=60)
    cases.resolve_case(case_id=cleo_case.pk, actor=ana_agent)
    inside.post(f"{page_of(cleo_case)}works/")
    shown = page(inside, cleo_case)
    assert "Your request stays open until we have done what we promised: Ana calls you" in shown


def test_it_works_tells_nothing_of_what_is_ours_alone(cleo_case, inside, promise, ana_agent):
    promise(Kind.INQUIRY, minutes=60, text="Secret-question")
    cases.resolve_case(case_id=cleo_case.pk, actor=ana_agent)
    inside.post(f"{page_of(cleo_case)}works/")
    shown = page(inside, cleo_case)
    assert "stays open" in shown
    assert "Secret" not in shown


def test_page_costs_the_same_for_three_promises_as_for_one(
    cleo_case, inside, promise, ana_agent, django_assert_num_queries
):
    def one():
        made = promise()
        domain.record_attempt(promise_id=made.pk, actor=ana_agent, outcome=Outcome.NO_ANSWER)

    one()
    page(inside, cleo_case)
    with django_assert_num_queries(15) as first:
        page(inside, cleo_case)
    one()
    one()
    with django_assert_num_queries(len(first.captured_queries)):
        page(inside, cleo_case)


def test_return_visit_shows_its_campaigns_name_to_no_customer(
    cleo_case, browser, lamps, sam_supervisor
):
    due = timezone.now() + timedelta(days=5)
    plan = domain.Plan(name="Churn list B", team=lamps, due_at=due, outcomes="happy")
    campaign = domain.start_campaign(
        actor=sam_supervisor, plan=plan, customers=[cleo_case.customer]
    )
    visit = campaign.visits.get().promise
    assert owed.told(visit.case) == []
    moved = domain.renegotiate_promise(
        promise_id=visit.pk,
        actor=sam_supervisor,
        due_at=due + timedelta(days=1),
        consent="by phone",
    )
    assert owed.told(moved.case) == []
    enter(browser, visit.case)
    assert "We gave you our word" not in page(browser, visit.case)


def test_expected_time_and_its_change_stand_in_the_steps(inside, cleo_case, ana_agent):
    for year in (2090, 2091):
        restored_at = NOON.replace(year=year)
        domain.set_estimate(case_id=cleo_case.pk, actor=ana_agent, restored_at=restored_at)
    shown = page(inside, cleo_case)
    assert "We expect that it works again by 12 May 2090, 12:00" in shown
    assert "The expected time is now 12 May 2091, 12:00" in shown
