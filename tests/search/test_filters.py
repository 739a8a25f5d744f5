from __future__ import annotations

import pytest

from apps.cases import domain
from apps.search.domain import find

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(case_factory, ana_agent, lamps):
    mine = case_factory(team=lamps, owner=ana_agent, kind="complaint", subject="", text="断线 lamp")
    other = case_factory(team=lamps, channel="phone", subject="", text="断线 pump")
    domain.update_case(case_id=mine.pk, actor=ana_agent, tags=["Fibre"], priority="high")
    domain.resolve_case(case_id=other.pk, actor=ana_agent)
    return mine, other


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("断线", 2),
        ("断线 kind:complaint", 1),
        ("断线 类型：Complaint", 1),
        ("断线 owner:me", 1),
        ("断线 owner:Ana", 1),
        ("断线 owner:none", 1),
        ("断线 owner:nobody", 0),
        ("status:resolved", 1),
        ("断线 status:open status:resolved", 0),
        ("断线 channel:phone", 1),
        ("断线 tag:fibre", 1),
        ('断线 team:"lamps"', 2),
        ("priority:high lamp", 1),
        ("priority:high pump", 0),
        ("nofilter:断线", 0),
    ],
)
def test_filters_narrow_what_is_found(two, ana_agent, typed, expected):
    assert find(ana_agent, typed, source="interaction").total == expected


@pytest.mark.parametrize("typed", ["断线 kind:nonsense", "status:snoozed"])
def test_filters_unknown_value_is_named(two, ana_agent, typed):
    results = find(ana_agent, typed)
    assert (results.total, len(results.problems)) == (0, 1)


def test_find_costs_a_fixed_number_of_queries(
    two, case_factory, ana_agent, django_assert_max_num_queries
):
    for _ in range(5):
        case_factory(text="断线")
    with django_assert_max_num_queries(9):
        assert find(ana_agent, "断线").total == 7


def test_filters_in_chinese_know_their_chinese_values(two, ana_agent):
    assert find(ana_agent, "类型：投诉 断线", source="interaction").total == 1
    assert find(ana_agent, "渠道：电话 断线", source="interaction").total == 1
