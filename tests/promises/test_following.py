"""Clocks of answers follow what was said, on whatever channel, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.cases import domain as cases
from apps.cases import guards
from apps.cases.enums import Outcome
from apps.cases.errors import StillOwed
from apps.cases.models import Case
from apps.customers.models import Customer
from apps.promises import domain
from apps.promises.domain import sweeping
from apps.promises.domain.following import follow_words
from apps.promises.enums import Kind, Settlement, State
from apps.promises.models import Promise, ServiceLevel
from tests.cast import NOON, make_case, make_customer, make_interaction

HOUR = timedelta(hours=1)


def clocks(case: Case) -> list[tuple[str, str]]:
    found = Promise.objects.filter(case=case, automatic=True).order_by("pk")
    return list(found.values_list("kind", "settlement"))


def said(case: Case, **fields: object):
    return make_interaction(Case.objects.get(pk=case.pk), **fields)


def test_first_word_starts_the_first_clock(cleo_case, clock):
    found = Promise.objects.get(case=cleo_case)
    case = Case.objects.get(pk=cleo_case.pk)
    assert (found.kind, found.made_at, found.automatic) == (
        Kind.FIRST_REPLY,
        case.waiting_since,
        True,
    )
    assert case.due_at == found.deadline > found.made_at


def test_another_word_of_theirs_starts_no_second_clock(cleo_case, clock):
    said(cleo_case, text="Are you there?")
    assert clocks(cleo_case) == [(Kind.FIRST_REPLY, "")]


def test_answer_by_phone_stops_the_clock_that_a_mail_started(cleo_case, ana_agent, clock):
    word = said(cleo_case, channel="phone", direction="outbound", author=ana_agent)
    kept = Promise.objects.get(case=cleo_case)
    assert (kept.state, kept.kept_in, kept.settled_by) == (State.KEPT, word, ana_agent)
    assert Case.objects.get(pk=cleo_case.pk).due_at is None


def test_next_word_starts_the_next_clock(cleo_case, ana_agent, clock):
    said(cleo_case, direction="outbound", author=ana_agent)
    said(cleo_case, text="And now?")
    assert clocks(cleo_case) == [
        (Kind.FIRST_REPLY, Settlement.KEPT),
        (Kind.NEXT_REPLY, ""),
    ]


def test_machines_and_notes_move_nothing(cleo_case, ana_agent, clock):
    before = clocks(cleo_case)
    said(cleo_case, direction="outbound", automatic="acknowledgement")
    said(cleo_case, automatic="auto_submitted")
    cases.note(case_id=cleo_case.pk, actor=ana_agent, text="Looks like the cable.")
    assert clocks(cleo_case) == before == [(Kind.FIRST_REPLY, "")]


def test_late_answer_leaves_the_promise_broken(cleo_case, ana_agent, clock):
    promise = Promise.objects.get(case=cleo_case)
    clock.move_to(promise.deadline + HOUR)
    said(cleo_case, direction="outbound", author=ana_agent)
    promise.refresh_from_db()
    assert (promise.state, promise.settlement) == (State.BROKEN, Settlement.LATE)


def test_duplicate_is_closed_though_its_clock_ran_out(cleo_case, ana_agent, clock):
    clock.move_to(Promise.objects.get(case=cleo_case).deadline + HOUR)
    domain.tick()
    cases.close_case(case_id=cleo_case.pk, actor=ana_agent, outcome=Outcome.DUPLICATE)
    promise = Promise.objects.get(case=cleo_case)
    assert (promise.state, promise.settlement) == (State.BROKEN, Settlement.MOOT)


def test_news_renew_themselves_until_the_case_is_resolved(cleo_case, ana_agent, clock):
    said(cleo_case, direction="outbound", author=ana_agent)
    domain.make_promise(
        case_id=cleo_case.pk,
        actor=ana_agent,
        kind=Kind.PROGRESS_UPDATE,
        due_at=NOON + timedelta(minutes=20),
    )
    clock.move_to(NOON + timedelta(minutes=15))
    said(cleo_case, direction="outbound", author=ana_agent, channel="phone")
    news = Promise.objects.filter(case=cleo_case, kind=Kind.PROGRESS_UPDATE).order_by("pk")
    assert [one.state for one in news] == [State.KEPT, State.OPEN]
    assert news[1].predecessor == news[0]
    assert news[1].made_at == NOON + timedelta(minutes=15)
    cases.resolve_case(case_id=cleo_case.pk, actor=ana_agent)
    assert not news.owed().exists()


def test_resolving_promises_to_ask_and_the_customers_yes_keeps_it(cleo_case, ana_agent, clock):
    said(cleo_case, direction="outbound", author=ana_agent)
    cases.resolve_case(case_id=cleo_case.pk, actor=ana_agent)
    asks = Promise.objects.owed().get(case=cleo_case)
    assert (asks.kind, asks.owner, asks.automatic) == (Kind.FOLLOW_UP, None, True)
    cases.confirm_case(case_id=cleo_case.pk)
    asks.refresh_from_db()
    assert (asks.state, asks.settled_at) == (State.KEPT, NOON)


def owed_kinds(case: Case) -> set[str]:
    return set(Promise.objects.owed().filter(case=case).values_list("kind", flat=True))


@pytest.mark.parametrize("outcome", [Outcome.AGREED, Outcome.NO_ANSWER])
def test_word_to_ask_again_outlives_a_press(cleo_case, ana_agent, clock, outcome):
    said(cleo_case, direction="outbound", author=ana_agent)
    cases.resolve_case(case_id=cleo_case.pk, actor=ana_agent)
    cases.close_case(case_id=cleo_case.pk, actor=ana_agent, outcome=outcome)
    asks = Promise.objects.owed().get(case=cleo_case)
    assert (asks.kind, asks.state) == (Kind.FOLLOW_UP, State.OPEN)
    clock.shift(timedelta(minutes=1))
    domain.keep_promise(promise_id=asks.pk, actor=ana_agent)
    assert Case.objects.get(pk=cleo_case.pk).due_at is None
    assert domain.take_back_settlement(promise_id=asks.pk, actor=ana_agent).is_owed


@pytest.mark.parametrize(
    ("outcome", "settlement"),
    [(Outcome.CONFIRMED, Settlement.KEPT), (Outcome.DUPLICATE, Settlement.MOOT)],
)
def test_customers_yes_and_a_duplicate_leave_nothing_to_ask(
    cleo_case, ana_agent, clock, outcome, settlement
):
    said(cleo_case, direction="outbound", author=ana_agent)
    cases.resolve_case(case_id=cleo_case.pk, actor=ana_agent)
    cases.close_case(case_id=cleo_case.pk, actor=ana_agent, outcome=outcome)
    assert Promise.objects.get(case=cleo_case, kind=Kind.FOLLOW_UP).settlement == settlement


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("closes", [False, True])
def test_still_broken_starts_the_news_again_and_asks_anew_after_the_next_solution(
    cleo_case, ana_agent, clock, late, closes
):
    news = {"kind": Kind.PROGRESS_UPDATE, "due_at": NOON + timedelta(minutes=20)}
    domain.make_promise(case_id=cleo_case.pk, actor=ana_agent, **news)
    said(cleo_case, direction="outbound", author=ana_agent)
    cases.resolve_case(case_id=cleo_case.pk, actor=ana_agent)
    if closes:
        cases.close_case(case_id=cleo_case.pk, actor=ana_agent)
    asks = Promise.objects.owed().get(case=cleo_case, kind=Kind.FOLLOW_UP)
    later = asks.deadline + HOUR if late else NOON + HOUR
    clock.move_to(later)
    domain.tick()
    said(cleo_case, text="It is still broken.")
    assert owed_kinds(cleo_case) == {Kind.PROGRESS_UPDATE, Kind.NEXT_REPLY}
    again = Promise.objects.owed().get(case=cleo_case, kind=Kind.PROGRESS_UPDATE)
    assert (again.made_at, again.due_at) == (later, later + timedelta(minutes=20))
    asks.refresh_from_db()
    assert (asks.settlement, asks.is_broken) == (Settlement.MOOT, late)
    said(cleo_case, direction="outbound", author=ana_agent)
    cases.resolve_case(case_id=cleo_case.pk, actor=ana_agent)
    assert owed_kinds(cleo_case) == {Kind.FOLLOW_UP}
    anew = Promise.objects.owed().get(case=cleo_case)
    assert anew.made_at == later
    cases.reopen_case(case_id=cleo_case.pk, actor=ana_agent)
    assert owed_kinds(cleo_case) == {Kind.PROGRESS_UPDATE}


def test_news_kept_after_the_solution_go_on_when_it_is_still_broken(cleo_case, ana_agent, clock):
    said(cleo_case, direction="outbound", author=ana_agent)
    cases.resolve_case(case_id=cleo_case.pk, actor=ana_agent)
    news = {"kind": Kind.PROGRESS_UPDATE, "due_at": NOON + timedelta(minutes=20)}
    promise = domain.make_promise(case_id=cleo_case.pk, actor=ana_agent, **news)
    domain.keep_promise(promise_id=promise.pk, actor=ana_agent)
    assert owed_kinds(cleo_case) == {Kind.FOLLOW_UP}
    cases.reopen_case(case_id=cleo_case.pk, actor=ana_agent)
    assert owed_kinds(cleo_case) == {Kind.PROGRESS_UPDATE}


def test_case_without_news_gets_none_when_it_is_taken_up_again(cleo_case, ana_agent, clock):
    cases.resolve_case(case_id=cleo_case.pk, actor=ana_agent)
    cases.reopen_case(case_id=cleo_case.pk, actor=ana_agent)
    assert owed_kinds(cleo_case) == set()


def test_silent_case_closes_after_the_policys_time_unless_something_is_owed(
    cleo_case, phoned, promise_for, ana_agent, clock
):
    other = make_case(make_customer(), team=cleo_case.team, owner=ana_agent)
    for case in (cleo_case, other):
        said(case, direction="outbound", author=ana_agent)
        cases.resolve_case(case_id=case.pk, actor=ana_agent)
        domain_follow = Promise.objects.owed().get(case=case, kind=Kind.FOLLOW_UP)
        domain.keep_promise(promise_id=domain_follow.pk, actor=ana_agent)
    promise_for(minutes=60 * 24 * 30)
    clock.move_to(NOON + timedelta(days=15))
    domain.sweep(at=NOON + timedelta(days=15))
    assert Case.objects.get(pk=other.pk).status == "closed"
    assert Case.objects.get(pk=cleo_case.pk).status == "resolved"


def resolved(lamps, days: int, **fields: object) -> Case:
    """A case that was resolved so many days before noon, on which nothing is owed."""
    case = make_case(make_customer(), team=lamps, **fields)
    Promise.objects.filter(case=case).delete()
    ended = NOON - timedelta(days=days)
    Case.objects.filter(pk=case.pk).update(
        status="resolved", resolved_at=ended, waiting_since=None, due_at=None
    )
    return case


def is_closed(case: Case) -> bool:
    return Case.objects.get(pk=case.pk).status == "closed"


def test_long_policy_of_some_keeps_no_others_open(lamps, pumps, clock, monkeypatch):
    monkeypatch.setattr(sweeping, "AT_ONCE", 2)
    ServiceLevel.objects.create(close_after_days=5)
    ServiceLevel.objects.create(kind="complaint", close_after_days=90)
    ServiceLevel.objects.create(team=pumps, kind="complaint", close_after_days=20)
    ServiceLevel.objects.create(tier="vip", close_after_days=40)
    patient = [resolved(lamps, 30, kind="complaint") for _ in range(3)]
    vip = resolved(lamps, 30, kind="complaint")
    Customer.objects.filter(pk=vip.customer_id).update(tier="vip")
    long_ago = resolved(pumps, 21, kind="complaint")
    ripe = [resolved(lamps, days) for days in (6, 5)]
    fresh = resolved(lamps, 4)
    assert domain.sweep(at=NOON) == 2
    assert (is_closed(long_ago), *map(is_closed, ripe)) == (True, True, False)
    assert domain.sweep(at=NOON) == 1
    assert not any(map(is_closed, [*patient, vip, fresh]))
    assert domain.sweep(at=NOON + timedelta(days=11)) == 2  # forty days of the vip, five
    assert (is_closed(vip), is_closed(fresh)) == (True, True)
    assert not any(map(is_closed, patient))


@pytest.mark.parametrize("fails", [StillOwed(["A claim."]), RuntimeError("Out of order")])
def test_case_that_cannot_be_closed_keeps_no_other_open(lamps, clock, monkeypatch, fails):
    monkeypatch.setattr(sweeping, "AT_ONCE", 1)
    refused = [resolved(lamps, 30) for _ in range(2)]

    def guard(case: Case, outcome: str) -> list[str]:
        if case in refused:
            raise fails
        return []

    monkeypatch.setattr(guards, "_guards", [guard])
    others = [resolved(lamps, 20) for _ in range(2)]
    assert [domain.sweep(at=NOON), domain.sweep(at=NOON), domain.sweep(at=NOON)] == [1, 1, 0]
    assert all(map(is_closed, others))
    assert not any(map(is_closed, refused))


def test_clock_that_is_missing_is_started(cleo_case, clock):
    Promise.objects.all().delete()
    Case.objects.filter(pk=cleo_case.pk).update(due_at=None)
    domain.sweep(at=NOON)
    assert clocks(cleo_case) == [(Kind.FIRST_REPLY, "")]


def test_many_words_cost_as_few_queries_as_one(lamps, clock, db):
    def cost(count: int) -> int:
        words = []
        for _ in range(count):
            case = cases.open_case(customer=make_customer(), channel="email", team=lamps)
            word = make_interaction(case)
            Promise.objects.filter(case=case).delete()
            words.append(word)
        with CaptureQueriesContext(connection) as captured:
            follow_words(words)
        return len(captured)

    assert cost(1) == cost(3) <= 4
