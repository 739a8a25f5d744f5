"""Return visits to each customer of a list, and wishes for somebody senior."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts import domain as accounts
from apps.accounts.enums import Presence
from apps.cases import domain as cases
from apps.cases.errors import NotAllowed
from apps.cases.models import Case
from apps.customers.models import Customer
from apps.promises import domain
from apps.promises.enums import Outcome
from apps.promises.errors import NobodySenior, NobodyToVisit, NoReason, PastTime, UnknownOutcome
from apps.promises.models import Campaign, Promise
from tests.cast import NOON, make_customer, make_interaction

WEEK = timedelta(days=7)


@pytest.fixture
def plan(lamps, clock) -> domain.Plan:
    return domain.Plan("New lamps", lamps, NOON + WEEK, "Do they shine?", "happy\nunhappy\n")


def start(plan: domain.Plan, actor, count: int) -> Campaign:
    customers = [make_customer() for _ in range(count)]
    return domain.start_campaign(actor=actor, plan=plan, customers=customers)


def test_each_customer_is_promised_a_visit_once(plan, sam_supervisor):
    customer = make_customer()
    campaign = domain.start_campaign(
        actor=sam_supervisor, plan=plan, customers=[customer, customer, make_customer()]
    )
    owed = Promise.objects.owed().filter(visit__campaign=campaign)
    assert {(one.kind, one.deadline, one.owner) for one in owed} == {
        ("follow_up", NOON + WEEK, None)
    }
    assert owed.count() == 2


def test_campaign_runs_to_its_report(plan, sam_supervisor, ana_agent):
    campaign = start(plan, sam_supervisor, 5)
    visits = list(campaign.visits.order_by("pk"))
    for visit, outcome in zip(visits[:3], ["happy", "happy", "unhappy"], strict=True):
        domain.finish_visit(visit_id=visit.pk, actor=ana_agent, outcome=outcome)
    report = domain.report_of(campaign)
    assert (report.total, report.done, report.left) == (5, 3, 2)
    assert report.outcomes == {"happy": 2, "unhappy": 1}
    domain.end_campaign(campaign_id=campaign.pk, actor=sam_supervisor)
    assert not Promise.objects.owed().filter(visit__campaign=campaign).exists()


def test_report_follows_promises_through_any_door(plan, sam_supervisor, ana_agent):
    campaign = start(plan, sam_supervisor, 6)
    first, second, third, fourth, fifth, _sixth = campaign.visits.order_by("pk")
    moved = {"actor": ana_agent, "due_at": NOON + WEEK + WEEK, "consent": "by phone"}
    successor = domain.renegotiate_promise(promise_id=first.promise_id, **moved)
    domain.keep_promise(promise_id=second.promise_id, actor=ana_agent)
    domain.withdraw_promise(promise_id=third.promise_id, actor=ana_agent, reason="Moved away")
    Promise.objects.filter(pk=fourth.promise_id).update(address="+8613800138000")
    domain.record_attempt(
        promise_id=fourth.promise_id, actor=ana_agent, outcome=Outcome.REACHED_DONE
    )
    domain.finish_visit(visit_id=fifth.pk, actor=ana_agent, outcome="happy")
    report = domain.report_of(campaign)
    assert (report.total, report.done, report.dropped, report.left) == (6, 3, 1, 2)
    assert (report.outcomes, report.without_outcome) == ({"happy": 1, "unhappy": 0}, 2)
    assert campaign.visits.owed().count() == 2
    domain.finish_visit(visit_id=first.pk, actor=ana_agent, outcome="unhappy")
    successor.refresh_from_db()
    assert successor.state == "kept"
    assert domain.report_of(campaign).outcomes == {"happy": 1, "unhappy": 1}


def test_undo_takes_the_outcome_back_and_the_visit_to_its_first_time(
    plan, sam_supervisor, ana_agent
):
    campaign = start(plan, sam_supervisor, 2)
    visit, moved = campaign.visits.order_by("pk")
    domain.finish_visit(visit_id=visit.pk, actor=ana_agent, outcome="happy")
    assert Case.objects.get(promises__visit=visit).status == "closed"
    domain.take_back_settlement(promise_id=visit.promise_id, actor=ana_agent)
    visit.refresh_from_db()
    report = domain.report_of(campaign)
    assert (visit.outcome, report.done, report.left) == ("", 0, 2)
    case = Case.objects.get(promises__visit=visit)
    assert (case.status, case.reopened_count, case.due_at) == ("open", 0, NOON + WEEK)
    first = moved.promise_id
    when = {"due_at": NOON + WEEK + WEEK, "consent": "by phone"}
    domain.renegotiate_promise(promise_id=first, actor=ana_agent, **when)
    domain.take_back_settlement(promise_id=first, actor=ana_agent)
    moved.refresh_from_db()
    assert moved.promise_id == first


def test_finished_visit_closes_what_was_opened_for_it_alone(plan, sam_supervisor, ana_agent):
    campaign = start(plan, sam_supervisor, 5)
    alone, said, owed, owned, left = campaign.visits.order_by("pk")
    case_of = {one.pk: Case.objects.get(promises__visit=one) for one in campaign.visits.all()}
    make_interaction(case_of[said.pk], text="What about my lamp?")
    domain.make_promise(
        case_id=case_of[owed.pk].pk,
        actor=ana_agent,
        kind="test",
        due_at=NOON + WEEK,
    )
    cases.take_case(case_id=case_of[owned.pk].pk, actor=ana_agent)
    for visit in (alone, said, owed, owned):
        domain.finish_visit(visit_id=visit.pk, actor=ana_agent, outcome="happy")
    domain.end_campaign(campaign_id=campaign.pk, actor=sam_supervisor)
    now = {pk: Case.objects.get(pk=one.pk).status for pk, one in case_of.items()}
    assert (now[alone.pk], now[left.pk]) == ("closed", "closed")
    assert "closed" not in (now[said.pk], now[owed.pk], now[owned.pk])
    assert not case_of[alone.pk].interactions.exists()
    assert not Promise.objects.owed().filter(case=case_of[alone.pk]).exists()


def test_outcome_is_one_of_the_list(plan, sam_supervisor, ana_agent):
    visit = start(plan, sam_supervisor, 1).visits.get()
    with pytest.raises(UnknownOutcome):
        domain.finish_visit(visit_id=visit.pk, actor=ana_agent, outcome="delighted")


def test_campaign_is_started_by_leads_for_somebody_in_time(plan, sam_supervisor, ana_agent, clock):
    with pytest.raises(NotAllowed):
        start(plan, ana_agent, 1)
    with pytest.raises(NobodyToVisit):
        domain.start_campaign(actor=sam_supervisor, plan=plan, customers=[])
    clock.move_to(NOON + 2 * WEEK)
    with pytest.raises(PastTime):
        start(plan, sam_supervisor, 1)


def test_customer_with_a_number_can_be_dialled(plan, sam_supervisor, phoned, ana_agent):
    campaign = domain.start_campaign(
        actor=sam_supervisor, plan=plan, customers=Customer.objects.filter(pk=phoned.customer_id)
    )
    promise = campaign.visits.get().promise
    domain.record_attempt(promise_id=promise.pk, actor=ana_agent, outcome=Outcome.NO_ANSWER)
    promise.refresh_from_db()
    assert promise.times_tried == 1


def test_report_costs_two_queries(plan, sam_supervisor):
    campaign = start(plan, sam_supervisor, 3)
    with CaptureQueriesContext(connection) as captured:
        domain.report_of(campaign)
    assert len(captured) == 2


def test_wish_for_somebody_senior_is_owed_by_a_lead_who_is_there(phoned, ana_agent, sam_supervisor):
    promise = domain.wish_for_senior(case_id=phoned.pk, actor=ana_agent, reason="Asked twice")
    assert (promise.owner, promise.kind) == (sam_supervisor, "senior")
    phoned.refresh_from_db()
    assert phoned.owner == ana_agent
    accounts.set_presence(user=sam_supervisor, presence=Presence.AWAY)
    again = domain.wish_for_senior(case_id=phoned.pk, actor=ana_agent, reason="Once more")
    assert again.owner == sam_supervisor  # away, but there is nobody else


def test_wish_needs_a_reason_and_a_lead(phoned, ana_agent):
    with pytest.raises(NobodySenior):
        domain.wish_for_senior(case_id=phoned.pk, actor=ana_agent, reason="Asked twice")
    with pytest.raises(NoReason):
        domain.wish_for_senior(case_id=phoned.pk, actor=ana_agent, reason=" ")
