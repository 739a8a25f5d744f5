"""What is answered of a time that is asked for: warnings, and when it would do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.customers.domain import note_preference
from apps.promises.models import Calendar, CalendarTeam
from tests.api.test_promises import callback, phoned, promise
from tests.cast import NOON

__all__ = ["callback", "phoned"]
HOURS = "Mon-Fri 08:30-18:00"


@pytest.fixture
def office(lamps) -> None:
    calendar = Calendar.objects.create(name="Office", hours=HOURS, timezone="Asia/Shanghai")
    CalendarTeam.objects.create(calendar=calendar, team=lamps)


def test_minutes_at_night_come_with_the_next_opening_and_as_many(ana, phoned, office, clock):
    assert promise(ana, phoned, in_minutes=20).json()["warnings"] == []
    clock.move_to(NOON + timedelta(hours=11))
    made = promise(ana, phoned, in_minutes=20).json()
    (warning,) = made["warnings"]
    assert (warning["code"], warning["proposal"]) == ("outside_hours", "2026-05-13T00:50:00Z")
    assert "Tell the customer" in warning["text"]
    moved = {"in_minutes": 30, "consent": "By phone"}
    again = ana.at("post", f"promises/{made['id']}/renegotiate/", moved).json()
    assert again["warnings"][0]["proposal"] == "2026-05-13T01:00:00Z"


def test_renegotiated_into_quiet_hours_it_warns(ana, callback, ana_agent):
    note_preference(
        customer_id=callback.case.customer_id,
        actor=ana_agent,
        kind="quiet_hours",
        value="13:30-15:00",
    )
    moved = {"due_at": "2026-05-12T14:00", "consent": "By phone just now"}
    answer = ana.at("post", f"promises/{callback.pk}/renegotiate/", moved).json()
    (warning,) = answer["warnings"]
    assert warning["code"] == "preference_quiet_hours"
    assert warning["proposal"] == "2026-05-12T07:00:00Z"
