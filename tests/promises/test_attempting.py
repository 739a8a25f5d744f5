"""Callbacks: who takes one, and what follows from each attempt."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.cases import domain as cases
from apps.cases.models import Case, CaseEvent, Interaction
from apps.channels.models import Delivery
from apps.promises import domain
from apps.promises.enums import Kind, Outcome, Settlement, State
from apps.promises.errors import AlreadySettled, AlreadyTakenBy, NotACallback
from apps.promises.models import Attempt, Promise
from tests.promises.conftest import NOON


def attempt(promise: Promise, actor, outcome: Outcome, **more) -> Attempt:
    return domain.record_attempt(promise_id=promise.pk, actor=actor, outcome=outcome, **more)


def test_reached_and_done_keeps_the_promise(promise_for, ana_agent):
    promise = promise_for()
    attempt(promise, ana_agent, Outcome.REACHED_DONE, note="She is glad.")
    promise.refresh_from_db()
    assert promise.state == State.KEPT
    assert [one.counted for one in promise.attempts.all()] == [False]


def test_another_time_agreed_by_phone_starts_the_successor(promise_for, ana_agent):
    promise = promise_for()
    later = NOON + timedelta(hours=3)
    attempt(promise, ana_agent, Outcome.REACHED_NEW_TIME, new_time=domain.NewTime(later))
    promise.refresh_from_db()
    assert promise.state == State.RENEGOTIATED
    assert promise.successor.due_at == later


@pytest.mark.parametrize("outcome", [Outcome.NO_ANSWER, Outcome.BUSY, Outcome.VOICEMAIL])
def test_dial_in_time_that_reaches_nobody_breaks_nothing(promise_for, ana_agent, clock, outcome):
    promise = promise_for(minutes=5)
    attempt(promise, ana_agent, outcome)
    promise.refresh_from_db()
    assert promise.next_attempt_at == NOON + timedelta(minutes=15)
    assert promise.due_at == NOON + timedelta(minutes=5)  # as it was said
    clock.move_to(NOON + timedelta(minutes=6))
    domain.tick()
    promise.refresh_from_db()
    assert promise.state == State.OPEN
    clock.move_to(promise.deadline)
    domain.tick()
    promise.refresh_from_db()
    assert promise.state == State.BROKEN


def test_dial_after_the_deadline_mends_nothing(promise_for, ana_agent, clock):
    promise = promise_for(minutes=5)
    clock.move_to(NOON + timedelta(minutes=6))
    attempt(promise, ana_agent, Outcome.NO_ANSWER)
    promise.refresh_from_db()
    assert (promise.state, promise.settled_at) == (State.BROKEN, None)
    assert promise.next_attempt_at == NOON + timedelta(minutes=21)


def test_attempts_come_further_apart_and_the_last_one_is_told_by_mail(
    promise_for, phoned, ana_agent, clock, mailbox
):
    promise = promise_for()
    gaps = []
    for _ in range(2):
        at = Case.objects.get(pk=phoned.pk).last_activity_at
        attempt(promise, ana_agent, Outcome.NO_ANSWER)
        promise.refresh_from_db()
        gaps.append(promise.next_attempt_at - clock_now())
        clock.move_to(promise.next_attempt_at)
        assert at
    attempt(promise, ana_agent, Outcome.VOICEMAIL)
    promise.refresh_from_db()
    assert gaps == [timedelta(minutes=15), timedelta(hours=1)]
    assert (promise.state, promise.settlement) == (State.WITHDRAWN, Settlement.NOT_REACHED)
    told = Delivery.objects.select_related("interaction").get()
    assert told.interaction.automatic == "notice_not_reached"
    assert "3 times" in told.interaction.text
    assert promise.text not in told.interaction.text
    story = CaseEvent.objects.filter(case=phoned).values_list("kind", flat=True)
    assert list(story).count("attempt_made") == 3
    assert "not_reached" in story


def clock_now():
    from django.utils import timezone

    return timezone.now()


def test_customer_without_another_way_is_told_nothing_and_the_case_says_so(
    promise_for, phoned, ana_agent, clock
):
    promise = promise_for()
    for _ in range(3):
        attempt(promise, ana_agent, Outcome.BUSY)
    event = CaseEvent.objects.get(case=phoned, kind="not_reached")
    assert event.data["told"] is False
    assert not Interaction.objects.filter(case=phoned, direction="outbound").exists()


def test_who_wants_no_call_is_called_no_more(promise_for, ana_agent):
    promise = promise_for()
    attempt(promise, ana_agent, Outcome.REFUSED)
    promise.refresh_from_db()
    assert (promise.state, promise.settlement) == (State.WITHDRAWN, Settlement.MOOT)
    with pytest.raises(AlreadySettled):
        attempt(promise, ana_agent, Outcome.NO_ANSWER)


def test_only_callbacks_are_dialled(promise_for, ana_agent):
    promise = promise_for(Kind.FOLLOW_UP)
    with pytest.raises(NotACallback):
        attempt(promise, ana_agent, Outcome.NO_ANSWER)


def test_callback_of_nobody_is_taken_once(promise_for, phoned, ana_agent, ben_agent):
    cases.assign_case(case_id=phoned.pk, actor=ana_agent, owner=None)
    promise = domain.make_promise(
        case_id=phoned.pk, actor=None, kind=Kind.CALLBACK, due_at=NOON + timedelta(hours=1)
    )
    assert promise.owner is None
    domain.take_callback(promise_id=promise.pk, actor=ana_agent)
    assert domain.take_callback(promise_id=promise.pk, actor=ana_agent).owner == ana_agent
    with pytest.raises(AlreadyTakenBy) as refused:
        domain.take_callback(promise_id=promise.pk, actor=ben_agent)
    assert "Ana" in str(refused.value)
