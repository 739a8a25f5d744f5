"""What is said before a promise is given; nothing of it forbids one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.cases import domain as cases
from apps.customers.domain import note_preference
from apps.promises.domain.warnings import warnings_for
from apps.promises.enums import Kind
from apps.promises.models import Promise
from tests.cast import NOON

HOUR, TWENTY = timedelta(hours=1), timedelta(minutes=20)


def codes(case, **more):
    values = {"kind": Kind.CALLBACK, "due_at": NOON + HOUR} | more
    return [one.code for one in warnings_for(case, **values)]


def test_nothing_speaks_against_a_good_time(phoned):
    assert codes(phoned) == []


def test_customers_own_deadline_comes_first(phoned):
    phoned.needed_by = NOON + 2 * HOUR
    assert codes(phoned) == []
    assert codes(phoned, due_at=NOON + 3 * HOUR) == ["after_needed_by"]
    assert codes(phoned, window_end=NOON + 3 * HOUR) == ["after_needed_by"]


def test_closed_hours_are_told_with_the_next_opening(phoned, office):
    night = NOON + 10 * HOUR
    (warning,) = warnings_for(phoned, kind=Kind.FOLLOW_UP, due_at=night)
    assert warning.code == "outside_hours"
    assert warning.proposal == NOON + 21 * HOUR


def test_wishes_of_the_customer_are_told(phoned, ana_agent):
    note_preference(
        customer_id=phoned.customer_id, actor=ana_agent, kind="quiet_hours", value="12:30-14:00"
    )
    assert codes(phoned) == ["preference_quiet_hours"]
    assert codes(phoned, kind=Kind.PROGRESS_UPDATE) == []
    for spoken in (Kind.FOLLOW_UP, "senior"):
        assert codes(phoned, kind=spoken) == ["preference_quiet_hours"]


@pytest.mark.parametrize(
    ("said_at", "proposal"),
    [
        (NOON - 2 * HOUR, None),  # ten o'clock: twenty minutes by the wall clock
        (NOON + 10 * HOUR, NOON + 21 * HOUR + TWENTY),
        (NOON - HOUR * 3 - timedelta(minutes=10), NOON - 3 * HOUR + TWENTY),  # before they open
        (NOON + HOUR * 5 + timedelta(minutes=50), NOON + 21 * HOUR + TWENTY),  # as they close
    ],
)
def test_twenty_minutes_count_from_the_next_opening(phoned, office, said_at, proposal):
    found = warnings_for(phoned, kind=Kind.CALLBACK, due_at=said_at + TWENTY, within=TWENTY)
    assert [one.proposal for one in found] == ([proposal] if proposal else [])


def test_follow_up_of_a_rule_keeps_out_of_quiet_hours(phoned, ana_agent, office):
    note_preference(
        customer_id=phoned.customer_id, actor=ana_agent, kind="quiet_hours", value="09:00-14:00"
    )
    cases.resolve_case(case_id=phoned.pk, actor=ana_agent)
    due = Promise.objects.get(kind=Kind.FOLLOW_UP).due_at
    assert timezone.localtime(due).hour >= 14


def test_window_that_reaches_into_quiet_hours_warns(phoned, ana_agent):
    note_preference(
        customer_id=phoned.customer_id, actor=ana_agent, kind="quiet_hours", value="14:00-15:00"
    )
    assert codes(phoned, window_end=NOON + 4 * HOUR) == ["preference_quiet_hours"]
    assert codes(phoned, window_end=NOON + 2 * HOUR) == []


def test_what_ends_at_closing_time_is_in_time_and_a_lunch_break_is_not(phoned, office):
    close = NOON + 6 * HOUR
    assert codes(phoned, due_at=close) == []
    assert codes(phoned, due_at=close - HOUR, window_end=close) == []
    assert codes(phoned, due_at=NOON - HOUR / 6, window_end=NOON + 2 * HOUR) == ["outside_hours"]
