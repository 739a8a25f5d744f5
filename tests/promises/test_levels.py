from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from apps.cases.models import Case
from apps.customers.models import Customer
from apps.promises.domain import current_terms, level_for
from apps.promises.models import ServiceLevel
from apps.promises.targets import DEFAULTS, BadGaps, Targets, parse_gaps

MINUTES = timedelta(minutes=1)


@pytest.fixture
def case(cleo_case):
    Case.objects.filter(pk=cleo_case.pk).update(kind="complaint")
    Customer.objects.filter(pk=cleo_case.customer_id).update(tier="vip")
    return Case.objects.select_related("customer").get(pk=cleo_case.pk)


def level(**fields):
    return ServiceLevel.objects.create(**fields)


def test_without_a_level_the_defaults_hold(case):
    assert level_for(case) == DEFAULTS
    assert DEFAULTS.progress_update == 20


def test_each_target_comes_from_the_most_specific_level_that_sets_it(case, lamps, pumps):
    level(first_reply=50, next_reply=51, progress_update=52, callback_gaps="5")
    level(team=lamps, first_reply=40, next_reply=41)
    level(kind="complaint", tier="vip", first_reply=10)
    level(team=pumps, kind="complaint", tier="vip", first_reply=1)
    level(kind="praise", first_reply=2)
    level(tier="priority", first_reply=3)
    assert level_for(case) == Targets(
        first_reply=10, next_reply=41, progress_update=52, callback_gaps=(5,)
    )


def test_among_as_many_criteria_tier_outranks_kind_and_kind_team(case, lamps):
    level(team=lamps, first_reply=30)
    assert level_for(case).first_reply == 30
    level(kind="complaint", first_reply=20)
    assert level_for(case).first_reply == 20
    level(tier="vip", first_reply=10)
    assert level_for(case).first_reply == 10
    level(team=lamps, kind="complaint", first_reply=25)
    assert level_for(case).first_reply == 25
    level(team=lamps, tier="vip", first_reply=15)
    assert level_for(case).first_reply == 15
    level(kind="complaint", tier="vip", first_reply=12)
    assert level_for(case).first_reply == 12
    level(team=lamps, kind="complaint", tier="vip", first_reply=60)
    assert level_for(case).first_reply == 60


def test_level_is_one_query_and_none_with_terms_in_hand(case, django_assert_num_queries):
    row = level(first_reply=5)
    level_for(case)
    with django_assert_num_queries(1):
        assert level_for(case).first_reply == 5
    terms = current_terms()
    with django_assert_num_queries(0):
        assert [level_for(case, terms=terms).first_reply for _time in range(3)] == [5, 5, 5]
    row.first_reply = 6
    row.save()
    assert level_for(case).first_reply == 6
    row.delete()
    assert level_for(case) == DEFAULTS


@pytest.mark.parametrize(
    ("everybody", "newcomers", "is_newcomer", "minutes"),
    [(60, 30, True, 30), (60, 30, False, 60), (60, None, True, 60), (15, 30, True, 15)],
)
def test_newcomer_has_the_shorter_of_both_targets(everybody, newcomers, is_newcomer, minutes):
    targets = Targets(first_reply=everybody, first_reply_newcomer=newcomers)
    assert targets.first_reply_within(is_newcomer=is_newcomer) == minutes * MINUTES


def test_pauses_between_attempts_end_with_the_last_attempt():
    targets = Targets(callback_attempts=5, callback_gaps=(15, 60))
    gaps = [targets.gap_after(attempts) for attempts in range(1, 6)]
    assert gaps == [15 * MINUTES, 60 * MINUTES, 60 * MINUTES, 60 * MINUTES, None]
    assert Targets().gap_after(3) is None


@pytest.mark.parametrize(
    ("words", "gaps"),
    [("15, 60, 240", (15, 60, 240)), ("15 60", (15, 60)), ("15，60、240", (15, 60, 240)), ("", ())],
)
def test_pauses_are_read(words, gaps):
    assert parse_gaps(words) == gaps


@pytest.mark.parametrize("words", ["soon", "15, x", "0", "-5", "1.5", "9999999", "1 " * 21, "²"])
def test_other_pauses_are_refused(words):
    with pytest.raises(BadGaps, match="Write minutes as in: 15, 60, 240"):
        parse_gaps(words)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"first_reply": 0}, "first_reply"),
        ({"callback_gaps": "soon"}, "callback_gaps"),
        ({"first_reminder": 100}, "first_reminder"),
        ({"first_reminder": 80}, "second_reminder"),
        ({"first_reminder": 50, "second_reminder": 50}, "second_reminder"),
        ({"tier": "gold"}, "tier"),
    ],
)
def test_bad_level_is_refused(fields, field):
    with pytest.raises(ValidationError) as refusal:
        ServiceLevel(**fields).full_clean()
    assert field in refusal.value.message_dict


@pytest.mark.parametrize("with_team", [True, False])
def test_second_level_for_the_same_cases_is_refused(lamps, with_team):
    team = lamps if with_team else None
    level(team=team, kind="complaint")
    with pytest.raises(ValidationError, match="There is a level for these cases already"):
        ServiceLevel(team=team, kind="complaint").full_clean()
    ServiceLevel(team=team, kind="praise").full_clean()
