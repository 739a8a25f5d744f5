"""Fifty agents, one case."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from apps.cases import domain
from apps.cases.errors import AlreadyMerged, AlreadyTaken
from apps.cases.models import Case, CaseMerge
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
