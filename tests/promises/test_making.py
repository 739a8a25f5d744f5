"""Giving one's word, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.cases import domain as cases
from apps.cases.errors import AlreadyClosed, NotAllowed
from apps.cases.models import Case, CaseEvent
from apps.customers import domain as customers
from apps.promises import domain
from apps.promises.enums import Kind, State
from apps.promises.errors import BadWindow, CannotOwn, NoAddress, PastTime, UnknownKind
from apps.promises.models import Promise
from tests.cast import NOON


def test_promise_is_owed_by_the_cases_owner_and_stands_in_its_story(promise_for, phoned, ana_agent):
    promise = promise_for(minutes=10)
    assert (promise.owner, promise.state, promise.settled_at) == (ana_agent, State.OPEN, None)
    assert promise.deadline == NOON + timedelta(minutes=10)
    assert (promise.address, promise.timezone) == ("+8613800138000", "Asia/Shanghai")
    made = CaseEvent.objects.get(case=phoned, kind="promise_made")
    assert made.actor == ana_agent
    assert made.data["promise"] == promise.pk


def test_case_is_due_when_its_first_promise_is(promise_for, phoned):
    promise_for(minutes=90)
    first = promise_for(minutes=10)
    promise_for(minutes=30)
    assert Case.objects.get(pk=phoned.pk).due_at == first.deadline


def test_window_is_owed_until_its_end(promise_for):
    promise = promise_for(minutes=30, window_end=NOON + timedelta(minutes=50))
    assert promise.due_at == NOON + timedelta(minutes=30)
    assert promise.deadline == NOON + timedelta(minutes=50)


def test_past_is_refused_with_a_time_that_would_do(promise_for):
    with pytest.raises(PastTime) as refused:
        promise_for(minutes=-1)
    assert refused.value.proposal == NOON + timedelta(minutes=10)
    assert "12:10" in str(refused.value)


@pytest.mark.parametrize("minutes", [-5, 0, 25 * 60])
def test_window_that_ends_too_early_or_late_is_refused(promise_for, minutes):
    with pytest.raises(BadWindow):
        promise_for(minutes=60, window_end=NOON + timedelta(minutes=60 + minutes))


def test_unknown_kind_is_refused(promise_for):
    with pytest.raises(UnknownKind):
        promise_for("flowers")


def test_callback_needs_a_number(cleo_case, ana_agent, clock):
    with pytest.raises(NoAddress):
        domain.make_promise(
            case_id=cleo_case.pk,
            actor=ana_agent,
            kind=Kind.CALLBACK,
            due_at=NOON + timedelta(hours=1),
        )


def test_callback_goes_to_where_the_customer_called_from_last(phoned, promise_for, ana_agent):
    customers.add_identity(customer=phoned.customer, kind="phone", value="+8613900139000")
    assert promise_for().address == "+8613900139000"
    said = cases.NewInteraction(
        channel="phone", direction="inbound", sender_kind="phone", sender_value="+8613800138000"
    )
    cases.record_interaction(case=phoned, new=said)
    assert promise_for().address == "+8613800138000"


def test_stranger_promises_nothing_and_keeps_nothing(promise_for, stranger):
    with pytest.raises(NotAllowed):
        promise_for(actor=stranger)
    with pytest.raises(CannotOwn):
        promise_for(owner=stranger)


def test_nothing_is_promised_in_a_closed_case(promise_for, phoned, ana_agent):
    cases.close_case(case_id=phoned.pk, actor=ana_agent)
    with pytest.raises(AlreadyClosed):
        promise_for()


def test_promise_goes_with_the_case_unless_it_is_somebody_elses(
    promise_for, phoned, ana_agent, ben_agent, sam_supervisor
):
    hers, sams = promise_for(), promise_for(owner=sam_supervisor)
    cases.assign_case(case_id=phoned.pk, actor=ana_agent, owner=ben_agent)
    owners = dict(Promise.objects.filter(pk__in=[hers.pk, sams.pk]).values_list("pk", "owner"))
    assert owners == {hers.pk: ben_agent.pk, sams.pk: sam_supervisor.pk}


def test_promise_is_seen_by_who_reads_the_case(promise_for, ana_agent, ben_agent, stranger, root):
    promise = promise_for()
    seen = {
        who.username: Promise.objects.visible_to(who).filter(pk=promise.pk).exists()
        for who in (ana_agent, ben_agent, stranger, root)
    }
    assert seen == {"ana": True, "ben": True, "stranger": False, "root": True}


def test_refusals_and_warnings_name_the_customers_clock(phoned, promise_for, office):
    """At noon in Shanghai it is midnight in New York."""
    with pytest.raises(PastTime, match=r"such as 00:10 \(America/New_York\)"):
        promise_for(minutes=-5, timezone="America/New_York")
    span = timedelta(hours=9)
    (warning,) = domain.warnings_for(
        phoned,
        kind=Kind.CALLBACK,
        due_at=NOON + span,
        within=span,
        zone="America/New_York",
    )
    assert warning.text.endswith("(America/New_York).")
