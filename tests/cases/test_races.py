"""Fifty agents, one case; many cases, few agents."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from apps.accounts.models import Membership, Team
from apps.cases import domain
from apps.cases.errors import AlreadyMerged, AlreadyTaken
from apps.cases.models import Case, CaseEvent, CaseMerge
from tests.cast import make_case, make_customer, make_user


@pytest.mark.django_db(transaction=True)
def test_fifty_agents_take_one_case_one_has_it():
    case = make_case(team=None)
    agents = [make_user(f"agent{number}") for number in range(50)]

    def take(agent):
        try:
            domain.take_case(case_id=case.pk, actor=agent)
        except AlreadyTaken as refusal:
            return refusal.owner
        else:
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        told = list(pool.map(take, agents))
    owner = Case.objects.get(pk=case.pk).owner
    assert told.count(None) == 1
    assert {name for name in told if name} == {owner.name}
    assert case.events.filter(kind="case_taken").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_cases_merged_into_each_other_at_once_become_one():
    cleo = make_customer("Cleo")
    one, other = make_case(cleo, team=None), make_case(cleo, team=None)
    agent = make_user("agent")

    def merge(pair):
        case, into = pair
        try:
            domain.merge_case(
                case_id=case.pk, into_id=into.pk, actor=agent, terms=domain.Terms(tell=False)
            )
        except AlreadyMerged:
            return False
        else:
            return True
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(merge, [(one, other), (other, one)] * 5))
    merged = CaseMerge.objects.get()
    assert done.count(True) == 1
    assert merged.into.interactions.count() == 2
    assert Case.objects.standing().get() == merged.into


def _with_rule(name, *, capacity=None, people=5):
    team = Team.objects.create(name="Lamps", assignment_rule=name)
    agents = [make_user(f"agent{number}", team, capacity=capacity) for number in range(people)]
    return team, agents


def _at_once(action, arguments):
    def run(argument):
        try:
            return action(argument)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        return list(pool.map(run, arguments))


def _arrive(team, customer):
    with transaction.atomic():
        draft = domain.draft_case(customer=customer, channel="email", team=team)
        new = domain.NewInteraction(channel="email", direction="inbound", text="Dark")
        domain.record_many([(draft, new)])
    return draft.pk


def _tally(agents):
    return sorted(Case.objects.filter(owner=agent).count() for agent in agents)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rule", ["round_robin", "least_loaded"])
def test_rule_asked_by_many_at_once_is_fair(rule):
    team, agents = _with_rule(rule)
    customers = [make_customer() for _ in range(40)]
    _at_once(lambda customer: _arrive(team, customer), customers)
    assert _tally(agents) == [8] * 5
    given = CaseEvent.objects.filter(kind="case_assigned").values_list("case", flat=True)
    assert len(given) == len(set(given)) == 40


@pytest.mark.django_db(transaction=True)
def test_rules_of_two_teams_at_once_respect_a_persons_capacity():
    team, agents = _with_rule("round_robin", capacity=3, people=2)
    other = Team.objects.create(name="Pumps", assignment_rule="least_loaded")
    for agent in agents:
        Membership.objects.create(user=agent, team=other)
    customers = [make_customer() for _ in range(20)]
    _at_once(lambda pair: _arrive(*pair), zip([team, other] * 10, customers, strict=True))
    domain.give_waiting()
    assert _tally(agents) == [3, 3]
    assert Case.objects.filter(owner=None).count() == 14


@pytest.mark.django_db(transaction=True)
def test_sweeps_takes_and_hand_overs_at_once_give_each_case_one_owner():
    team, agents = _with_rule("none")
    cases = [make_case(team=team) for _ in range(30)]
    Team.objects.update(assignment_rule="least_loaded")

    def work(number):
        if number % 3 == 0:
            domain.give_waiting()
            return
        case = cases[number % len(cases)]
        with contextlib.suppress(AlreadyTaken):
            domain.take_case(case_id=case.pk, actor=agents[number % 5])

    _at_once(work, range(30))
    domain.give_waiting()
    kinds = ("case_assigned", "case_taken")
    events = CaseEvent.objects.filter(kind__in=kinds).values_list("case", flat=True)
    assert len(events) == len(set(events)) == 30
    assert not Case.objects.filter(owner=None).exists()
