"""What is said before a promise is given; nothing of it forbids one."""

from __future__ import annotations

from datetime import timedelta

from apps.customers.domain import note_preference
from apps.promises.domain.warnings import warnings_for
from apps.promises.enums import Kind
from tests.promises.conftest import NOON

HOUR = timedelta(hours=1)


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
