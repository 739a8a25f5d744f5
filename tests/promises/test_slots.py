"""Free slots, and the callbacks that are booked in them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.domain import add_absence
from apps.accounts.models import Membership, User
from apps.cases.errors import NotAllowed
from apps.cases.models import Case
from apps.customers.domain import note_preference
from apps.promises import domain
from apps.promises.enums import Kind, Settlement, State
from apps.promises.errors import AlreadySettled, NoFreeSlot, NotACallback, PastTime
from apps.promises.models import Promise
from tests.cast import NOON, make_case, make_user

MINUTE, QUARTER, HOUR = timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=1)


@pytest.fixture
def crew(lamps, ana_agent, ben_agent, clock):
    return ana_agent, ben_agent


def room(team, *, since=NOON, until=NOON + HOUR, **more):
    slots = domain.free_slots(team, since=since, until=until, **more)
    return [((slot.begins_at - NOON) // MINUTE, slot.room) for slot in slots]


def test_every_slot_has_room_for_as_many_as_work(lamps, crew):
    assert room(lamps) == [(0, 2), (15, 2), (30, 2), (45, 2)]


def test_slot_that_runs_is_the_first(lamps, crew, clock):
    clock.move_to(NOON + timedelta(minutes=8))
    assert room(lamps) == [(0, 2), (15, 2), (30, 2), (45, 2)]


def test_slot_in_which_no_call_can_begin_any_more_is_none(lamps, crew, clock):
    clock.move_to(NOON + timedelta(minutes=13, seconds=50))
    assert room(lamps)[:2] == [(0, 2), (15, 2)]
    clock.move_to(NOON + timedelta(minutes=13, seconds=57))
    assert room(lamps) == [(15, 2), (30, 2), (45, 2)]


def test_absent_people_and_those_outside_their_hours_make_no_room(lamps, crew):
    ana, ben = crew
    add_absence(user=ana, begins_at=NOON + QUARTER, ends_at=NOON + 2 * QUARTER)
    User.objects.filter(pk=ben.pk).update(working_hours="Tue 12:00-12:45", timezone="Asia/Shanghai")
    assert room(lamps) == [(0, 2), (15, 1), (30, 2), (45, 1)]


def test_who_is_away_makes_no_room_now_but_later(lamps, crew):
    User.objects.filter(pk=crew[0].pk).update(presence="away")
    assert room(lamps) == [(0, 1), (15, 2), (30, 2), (45, 2)]


def test_callback_takes_the_slot_of_its_time_and_a_window_the_first_with_room(
    lamps, promise_for, crew
):
    _ana, ben = crew
    promise_for(minutes=20)
    promise_for(minutes=15, window_end=NOON + HOUR)
    promise_for(minutes=16, window_end=NOON + HOUR)
    assert room(lamps) == [(0, 2), (30, 1), (45, 2)]
    second = domain.free_slots(lamps, since=NOON + 2 * QUARTER, until=NOON + HOUR)[0]
    assert second.people == (ben.pk,)


def test_late_callback_takes_the_slot_that_runs(lamps, promise_for, crew, clock):
    promise_for(minutes=5)
    clock.move_to(NOON + timedelta(minutes=20))
    domain.tick()
    assert room(lamps)[:2] == [(15, 1), (30, 2)]


def test_next_attempt_takes_its_own_slot(lamps, promise_for, crew, clock):
    promise = promise_for(minutes=1, window_end=NOON + timedelta(minutes=10))
    clock.move_to(NOON + timedelta(minutes=1))
    domain.record_attempt(promise_id=promise.pk, actor=crew[0], outcome="no_answer")
    assert room(lamps) == [(0, 2), (15, 1), (30, 2), (45, 2)]


def test_callback_for_another_team_takes_its_owner_here_too(lamps, pumps, promise_for, crew):
    ana, _ben = crew
    Membership.objects.create(user=ana, team=pumps)
    promise_for(minutes=20, owner=ana)
    slots = domain.free_slots(pumps, since=NOON, until=NOON + HOUR)
    assert [(slot.begins_at - NOON) // QUARTER for slot in slots] == [0, 2, 3]


def test_what_is_settled_takes_no_room(lamps, promise_for, crew):
    promise = promise_for(minutes=20)
    domain.keep_promise(promise_id=promise.pk, actor=crew[0])
    assert room(lamps) == [(0, 2), (15, 2), (30, 2), (45, 2)]


def test_customers_own_times_are_respected(lamps, crew, cleo_case, cleo_customer, ana_agent):
    note_preference(
        customer_id=cleo_customer.pk, actor=ana_agent, kind="quiet_hours", value="09:00-12:30"
    )
    assert room(lamps, customer=cleo_customer) == [(30, 2), (45, 2)]
    assert room(lamps) == [(0, 2), (15, 2), (30, 2), (45, 2)]


@pytest.mark.parametrize("days", [1, 14])
def test_four_queries_for_any_span(lamps, crew, promise_for, days):
    promise_for(minutes=20)
    with CaptureQueriesContext(connection) as captured:
        domain.free_slots(lamps, since=NOON, until=NOON + timedelta(days=days))
    assert len(captured) == 4


def book(case: Case, actor: User | None = None, **more):
    return domain.book_callback(case_id=case.pk, actor=actor, **more)


def test_now_is_the_slot_that_runs_with_the_whole_target(phoned, crew, clock):
    clock.move_to(NOON + timedelta(minutes=8))
    booked = book(phoned)
    begins = NOON + timedelta(minutes=9)
    assert (booked.promise.due_at, booked.promise.deadline) == (begins, NOON + 2 * QUARTER)
    assert (booked.place, booked.after_opening) == (1, False)
    assert booked.promise.owner == crew[0]  # who owns the case
    assert booked.promise.address == "+8613800138000"


def test_now_at_the_very_end_of_a_minute_is_no_time_that_is_over(phoned, crew, clock):
    clock.move_to(NOON + timedelta(seconds=58))
    assert book(phoned).promise.due_at == NOON + timedelta(minutes=2)


def test_now_goes_to_the_next_slot_when_nobody_is_free(phoned, crew):
    places = [book(phoned) for _ in range(3)]
    begins = [(one.promise.due_at - NOON) // QUARTER for one in places]
    assert begins == [0, 0, 1]
    assert [one.place for one in places] == [1, 2, 3]


def test_now_in_the_last_minute_of_a_slot_takes_no_more_than_the_next_one_holds(
    phoned, crew, clock
):
    clock.move_to(NOON + timedelta(minutes=14, seconds=10))
    begins = [(book(phoned).promise.due_at - NOON) // MINUTE for _ in range(5)]
    assert begins == [15, 15, 30, 30, 45]


def test_preferred_agent_is_kept_while_that_keeps_the_time(phoned, crew):
    ana, ben = crew
    at = NOON + HOUR
    first = book(phoned, at=at, preferred=ben)
    second = book(phoned, at=at, preferred=ben)
    assert (first.promise.owner, second.promise.owner) == (ben, ana)
    assert first.promise.due_at == second.promise.due_at == at
    with pytest.raises(NoFreeSlot) as refused:
        book(phoned, at=at, preferred=ben)
    assert refused.value.proposal == at + QUARTER


def test_who_knows_the_customer_is_asked_when_the_case_has_no_owner(cleo_case, phoned, crew):
    _ana, ben = crew
    make_case(phoned.customer, team=phoned.team, owner=ben)
    Case.objects.filter(pk=phoned.pk).update(owner=None)
    assert book(phoned, at=NOON + HOUR).promise.owner == ben


def test_callback_for_whom_nobody_is_known_waits_for_the_first_who_takes_it(phoned, crew):
    Case.objects.filter(pk=phoned.pk).update(owner=None)
    promise = book(phoned, at=NOON + HOUR).promise
    assert promise.owner is None
    assert domain.take_callback(promise_id=promise.pk, actor=crew[1]).owner == crew[1]


def test_window_is_promised_as_it_was_asked(phoned, crew):
    promise = book(phoned, at=NOON + HOUR, window_end=NOON + 3 * HOUR).promise
    assert (promise.due_at, promise.deadline) == (NOON + HOUR, NOON + 3 * HOUR)


def test_place_in_line_counts_from_the_first_contact(phoned, crew):
    at = NOON + HOUR
    later = book(phoned, at=at, line_since=NOON)
    sooner = book(phoned, at=at, line_since=NOON - HOUR)
    assert (later.place, sooner.place) == (1, 1)


def test_who_waited_longest_is_first_among_those_who_want_it_soon(phoned, crew, clock):
    clock.move_to(NOON + timedelta(minutes=2))
    newcomer = book(phoned, line_since=NOON)
    clock.move_to(NOON + timedelta(minutes=6))
    patient = book(phoned, line_since=NOON - HOUR)
    assert (newcomer.place, patient.place) == (1, 1)
    line = Promise.objects.owed().filter(kind=Kind.CALLBACK).next_first()
    assert list(line) == [patient.promise, newcomer.promise]


def test_past_is_refused(phoned, crew):
    with pytest.raises(PastTime):
        book(phoned, at=NOON - HOUR)


def test_after_closing_time_it_is_the_next_opening_and_the_caller_is_told(
    phoned, crew, clock, closed_at_night
):
    clock.move_to(NOON + timedelta(hours=12))
    booked = book(phoned)
    opening = NOON + timedelta(hours=21)
    assert (booked.promise.due_at, booked.promise.deadline) == (opening, opening + QUARTER)
    assert booked.after_opening
    with pytest.raises(NoFreeSlot) as refused:
        book(phoned, at=NOON + timedelta(hours=13))
    assert refused.value.proposal == opening


@pytest.fixture
def closed_at_night(lamps, crew):
    """Nobody of the team works between six in the evening and nine in the morning."""
    User.objects.filter(memberships__team=lamps).update(
        working_hours="Mon-Sun 09:00-18:00", timezone="Asia/Shanghai"
    )


def test_customer_moves_a_callback_and_that_is_their_yes(phoned, crew):
    ana, _ben = crew
    promise = book(phoned, at=NOON + HOUR, line_since=NOON - HOUR).promise
    moved = domain.move_callback(promise_id=promise.pk, at=NOON + 2 * HOUR)
    promise.refresh_from_db()
    assert (promise.state, promise.settlement) == (State.RENEGOTIATED, Settlement.RENEGOTIATED)
    assert (promise.settled_by, promise.reason) == (None, "the customer moved it themselves")
    assert (moved.due_at, moved.owner, moved.line_since) == (NOON + 2 * HOUR, ana, NOON - HOUR)
    assert moved.predecessor == promise


def test_callback_can_be_moved_within_its_own_full_slot(phoned, crew):
    at = NOON + HOUR
    first = book(phoned, at=at).promise
    book(phoned, at=at)
    moved = domain.move_callback(promise_id=first.pk, at=at, window_end=at + 2 * HOUR)
    assert moved.window_end == at + 2 * HOUR


def test_move_to_a_full_slot_changes_nothing(phoned, crew):
    full, other = NOON + HOUR, NOON + 2 * HOUR
    book(phoned, at=full)
    book(phoned, at=full)
    promise = book(phoned, at=other).promise
    with pytest.raises(NoFreeSlot):
        domain.move_callback(promise_id=promise.pk, at=full)
    promise.refresh_from_db()
    assert promise.is_owed


def test_owner_who_is_not_free_then_gives_way_to_somebody_who_is(phoned, crew):
    ana, _ben = crew
    book(phoned, at=NOON + 2 * HOUR)  # Ana's
    promise = book(phoned, at=NOON + HOUR).promise
    moved = domain.move_callback(promise_id=promise.pk, at=NOON + 2 * HOUR)
    assert (promise.owner, moved.owner) == (ana, None)


def test_customer_cancels(phoned, crew):
    promise = book(phoned, at=NOON + HOUR).promise
    domain.cancel_callback(promise_id=promise.pk)
    promise.refresh_from_db()
    assert (promise.state, promise.reason) == (State.WITHDRAWN, "cancelled by the customer")
    with pytest.raises(AlreadySettled):
        domain.cancel_callback(promise_id=promise.pk)


def test_cancelled_when_late_it_stays_broken_but_owes_no_call(phoned, crew, clock):
    promise = book(phoned, at=NOON + HOUR).promise
    clock.move_to(NOON + 2 * HOUR)
    domain.cancel_callback(promise_id=promise.pk)
    promise.refresh_from_db()
    assert (promise.state, promise.settlement) == (State.BROKEN, Settlement.MOOT)


def test_only_callbacks_are_moved_and_cancelled_like_this(promise_for, crew):
    promise = promise_for(Kind.FOLLOW_UP)
    with pytest.raises(NotACallback):
        domain.cancel_callback(promise_id=promise.pk)
    with pytest.raises(NotACallback):
        domain.move_callback(promise_id=promise.pk, at=NOON + HOUR)


def test_stranger_books_nothing(phoned, crew, stranger):
    with pytest.raises(NotAllowed):
        book(phoned, stranger)


def test_without_people_there_is_no_slot_and_no_proposal(pumps, clock, cleo_customer):
    case = make_case(cleo_customer, team=pumps)
    with pytest.raises(NoFreeSlot) as refused:
        book(case, address="+8613800138000")
    assert refused.value.proposal is None


def test_case_without_a_team_is_called_by_whoever_has_time(crew, cleo_customer):
    case = make_case(cleo_customer, team=None)
    make_user("nobody")  # works in no team
    assert room(None) == [(0, 2), (15, 2), (30, 2), (45, 2)]
    assert book(case, address="+8613800138000").promise.due_at > NOON


@pytest.mark.parametrize(("minutes", "last"), [(347, 360), (352, 360), (329, 345)])
def test_call_as_soon_as_possible_ends_with_the_day(phoned, crew, office, clock, minutes, last):
    """The team goes home at six (NOON + 360 minutes)."""
    clock.move_to(NOON + minutes * MINUTE)
    promise = book(phoned).promise
    assert (promise.window_end - NOON) / MINUTE == last


def test_call_as_soon_as_possible_ends_before_quiet_hours(phoned, crew, clock, ana_agent):
    quiet = {"kind": "quiet_hours", "value": "13:00-15:00"}
    note_preference(customer_id=phoned.customer_id, actor=ana_agent, **quiet)
    clock.move_to(NOON + 47 * MINUTE)
    promise = book(phoned).promise
    assert (promise.due_at, promise.window_end) == (NOON + 48 * MINUTE, NOON + HOUR)
