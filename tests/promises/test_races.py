"""Fifty agents, one callback; many customers, few slots."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from apps.accounts.models import Membership, Team
from apps.promises import domain
from apps.promises.enums import Kind, Outcome
from apps.promises.errors import AlreadySettled, AlreadyTakenBy, NoFreeSlot
from apps.promises.models import Promise
from tests.cast import make_case, make_user

NUMBER = "+8613800138000"


def at_once(action, arguments):
    def run(argument):
        try:
            return action(argument)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        return list(pool.map(run, arguments))


@pytest.mark.django_db(transaction=True)
def test_fifty_agents_take_one_callback_one_has_it_and_the_others_are_told_who():
    team = Team.objects.create(name="Lamps")
    agents = [make_user(f"agent{number}", team) for number in range(50)]
    case = make_case(team=team)
    due_at = timezone.now() + timedelta(hours=1)
    promise = domain.make_promise(
        case_id=case.pk, actor=None, kind=Kind.CALLBACK, due_at=due_at, address=NUMBER
    )

    def take(agent):
        try:
            domain.take_callback(promise_id=promise.pk, actor=agent)
        except AlreadyTakenBy as refusal:
            return refusal.owner
        else:
            return None

    told = at_once(take, agents)
    promise.refresh_from_db()
    assert told.count(None) == 1
    assert {name for name in told if name} == {promise.owner.name}
    assert case.events.filter(kind="promise_given").count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_bookings_at_once_never_exceed_the_room_of_a_slot():
    lamps, pumps = Team.objects.create(name="Lamps"), Team.objects.create(name="Pumps")
    both = [make_user(f"agent{number}", lamps) for number in range(2)]
    Membership.objects.create(user=both[0], team=pumps)
    cases = [make_case(team=team) for team in (lamps, pumps) * 10]
    begins = (timezone.now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)

    def book(case):
        try:
            domain.book_callback(case_id=case.pk, actor=None, at=begins, address=NUMBER)
        except NoFreeSlot as refusal:
            return refusal.proposal == begins  # never the time that is full
        else:
            return True

    booked = at_once(book, cases)
    made = Promise.objects.filter(kind=Kind.CALLBACK)
    assert booked.count(True) == made.count()
    # two people in one team, one of whom is all that the other team has
    assert made.filter(case__team=lamps).count() <= 2
    assert made.filter(case__team=pumps).count() <= 1
    assert 2 <= made.count() <= 3
    owners = [pk for pk in made.values_list("owner", flat=True) if pk]
    assert len(owners) == len(set(owners))


@pytest.mark.django_db(transaction=True)
def test_as_soon_as_possible_for_many_at_once_fills_one_slot_after_the_other():
    team = Team.objects.create(name="Lamps")
    for number in range(2):
        make_user(f"agent{number}", team)
    cases = [make_case(team=team) for _ in range(12)]
    at_once(lambda case: domain.book_callback(case_id=case.pk, actor=None, address=NUMBER), cases)
    begins = list(Promise.objects.filter(kind=Kind.CALLBACK).values_list("due_at", flat=True))
    assert len(begins) == 12
    # but for what begins while the clock passes into the next slot, two a slot
    assert max(map(begins.count, begins)) <= 2


@pytest.mark.django_db(transaction=True)
def test_customer_moves_and_agent_keeps_at_once_one_of_them_wins():
    team = Team.objects.create(name="Lamps")
    agent = make_user("agent", team)
    case = make_case(team=team, owner=agent)
    promise = domain.book_callback(case_id=case.pk, actor=None, address=NUMBER).promise
    later = timezone.now() + timedelta(days=1)

    def act(number):
        try:
            if number % 2:
                domain.move_callback(promise_id=promise.pk, at=later)
            else:
                domain.keep_promise(promise_id=promise.pk, actor=agent)
        except AlreadySettled:
            return False
        else:
            return True

    assert at_once(act, range(6)).count(True) == 1
    promise.refresh_from_db()
    assert Promise.objects.owed().filter(kind=Kind.CALLBACK).count() == (promise.state != "kept")


@pytest.mark.django_db(transaction=True)
def test_one_call_noted_ten_times_at_once_counts_once_and_stands_in_the_case_once():
    team = Team.objects.create(name="Lamps")
    agent = make_user("agent", team)
    case = make_case(team=team, owner=agent)
    now = timezone.now()
    promise = domain.make_promise(
        case_id=case.pk,
        actor=agent,
        kind=Kind.CALLBACK,
        due_at=now + timedelta(hours=1),
        window_end=now + timedelta(hours=2),
        address=NUMBER,
    )
    Promise.objects.filter(pk=promise.pk).update(due_at=now)

    def note(outcome):
        try:
            domain.record_attempt(promise_id=promise.pk, actor=agent, outcome=outcome)
        except AlreadySettled:
            return False
        else:
            return True

    assert all(at_once(note, [Outcome.NO_ANSWER] * 10))
    promise.refresh_from_db()
    assert (promise.times_tried, promise.is_owed, promise.attempts.count()) == (1, True, 10)
    assert at_once(note, [Outcome.REACHED_DONE] * 10).count(True) == 1
    assert case.interactions.filter(channel="phone").count() == 1
