"""Return visits to each customer of a list, and wishes for somebody senior."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts import domain as accounts
from apps.accounts.enums import Presence
from apps.cases.errors import NotAllowed
from apps.customers.models import Customer
from apps.promises import domain
from apps.promises.enums import Outcome
from apps.promises.errors import NobodySenior, NobodyToVisit, NoReason, PastTime, UnknownOutcome
from apps.promises.models import Campaign, Promise
from tests.cast import make_customer
from tests.promises.conftest import NOON

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
