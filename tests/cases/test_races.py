"""Fifty agents, one case."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from apps.cases import domain
from apps.cases.errors import AlreadyTaken
from apps.cases.models import Case
from tests.cast import make_case, make_user


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
