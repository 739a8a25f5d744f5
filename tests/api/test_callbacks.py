"""Callbacks over the API, as a telephone system books them and agents note what came of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.accounts.models import Membership
from apps.cases import domain as cases
from apps.cases.models import Case
from apps.customers import domain as customers
from apps.promises import domain
from apps.promises.enums import Kind
from apps.promises.models import Attempt, Calendar, CalendarTeam, Promise
from tests.cast import NOON, make_case, make_interaction

LATER = "2026-05-12T05:00:00Z"
NUMBER = "+8613800138000"


@pytest.fixture
def phoned(clock, cleo_case, ana_agent) -> Case:
    """Cleo's case, Ana's by now, with a number that can be called; nobody else is there."""
    customers.add_identity(customer=cleo_case.customer, kind="phone", value=NUMBER)
    cases.take_case(case_id=cleo_case.pk, actor=ana_agent)
    Membership.objects.exclude(user=ana_agent).delete()
    return Case.objects.get(pk=cleo_case.pk)


@pytest.fixture
def callback(phoned, ana_agent) -> Promise:
    new = {"kind": Kind.CALLBACK, "due_at": NOON + timedelta(hours=1), "text": "With the time"}
    return domain.make_promise(case_id=phoned.pk, actor=ana_agent, **new)


def ask(client, case: Case, **more: object):
    return client.at("post", "promises/", {"case": case.number, "kind": "callback"} | more)


def test_soonest_call_is_told_with_its_time_and_its_place_in_line(ana, phoned, clock):
    clock.move_to(NOON + timedelta(minutes=3))
    first = make_case(team=phoned.team)
    Case.objects.filter(pk=first.pk).update(opened_at=NOON - timedelta(days=1))
    told = ask(ana, phoned, as_soon_as_possible=True).json()
    assert (told["due_at"], told["window_end"]) == ("2026-05-12T04:04:00Z", "2026-05-12T04:30:00Z")
    assert (told["place_in_line"], told["after_opening"], told["owner"]) == (1, False, "ana")
    # who waits since yesterday comes first, though the next slot is theirs
    other = ask(ana, first, as_soon_as_possible=True, address="+86 10 1234 5678").json()
    assert (other["due_at"], other["place_in_line"]) == ("2026-05-12T04:15:00Z", 1)
    assert "place_in_line" not in ana.at("get", f"promises/{told['id']}/").json()


def test_soonest_call_while_closed_is_for_the_next_opening(ana, phoned):
    calendar = Calendar.objects.create(
        name="Office", hours="Tue 14:00-18:00", timezone="Asia/Shanghai"
    )
    CalendarTeam.objects.create(calendar=calendar, team=phoned.team)
    told = ask(ana, phoned, as_soon_as_possible=True).json()
    assert (told["due_at"], told["after_opening"]) == ("2026-05-12T06:00:00Z", True)


@pytest.mark.parametrize(
    "fields",
    [{"due_at": LATER}, {"in_minutes": 5}, {"window_end": LATER}, {"kind": "test"}],
)
def test_as_soon_as_possible_takes_no_time_and_no_other_kind(ana, phoned, fields):
    answer = ask(ana, phoned, as_soon_as_possible=True, **fields)
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"as_soon_as_possible"})
    assert not Promise.objects.filter(kind=Kind.CALLBACK).exists()


def test_full_time_is_taken_with_a_warning_that_proposes_the_next(ana, phoned):
    free = ask(ana, phoned, due_at=LATER).json()
    full = ask(ana, phoned, due_at=LATER).json()
    assert free["warnings"] == []
    assert [one["code"] for one in full["warnings"]] == ["slot_full"]
    proposal = full["warnings"][0]["proposal"]
    assert proposal == "2026-05-12T05:15:00Z"
    assert ask(ana, phoned, due_at=proposal).json()["warnings"] == []


def test_nobody_to_call_is_told_and_nothing_is_promised(ana, ana_agent, phoned):
    ana_agent.working_hours = "Mon 00:00-00:01"
    ana_agent.save()
    answer = ask(ana, phoned, as_soon_as_possible=True)
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"due_at"})


@pytest.mark.parametrize("outcome", ["voicemail", "busy"])
def test_word_left_on_a_machine_against_their_wish_is_told(ana, ana_agent, callback, outcome):
    customers.note_preference(
        customer_id=callback.case.customer_id, actor=ana_agent, kind="no_voicemail"
    )
    answer = ana.at("post", f"promises/{callback.pk}/attempts/", {"outcome": outcome})
    assert answer.status_code == 201
    told = [one["code"] for one in answer.json()["warnings"]]
    assert told == (["preference_no_voicemail"] if outcome == "voicemail" else [])


def test_reached_customer_was_answered_by_phone(ana, ana_agent, callback):
    make_interaction(callback.case, text="When do you come?")
    path = f"promises/{callback.pk}/attempts/"
    assert ana.at("post", path, {"outcome": "reached_done", "note": "At noon"}).status_code == 201
    assert ana.at("post", path, {"outcome": "reached_done"}).status_code == 409
    said = ana.at("get", f"cases/{callback.case.number}/interactions/").json()["results"]
    assert [one["text"] for one in said if one["channel"] == "phone"] == ["At noon"]
    assert not Promise.objects.owed().filter(case=callback.case).exists()


def test_attempt_on_what_is_no_callback_is_409(ana, phoned, ana_agent):
    due = NOON + timedelta(hours=1)
    other = domain.make_promise(case_id=phoned.pk, actor=ana_agent, kind=Kind.FOLLOW_UP, due_at=due)
    answer = ana.at("post", f"promises/{other.pk}/attempts/", {"outcome": "busy"})
    assert (answer.status_code, Attempt.objects.count()) == (409, 0)
