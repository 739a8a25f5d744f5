"""Callbacks: who takes one, and what follows from each attempt."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from apps.cases import domain as cases
from apps.cases.enums import Status
from apps.cases.models import Case, CaseEvent, Interaction
from apps.channels import domain as channels
from apps.channels.models import Delivery
from apps.customers.domain import note_preference
from apps.notifications.models import Notification
from apps.promises import domain
from apps.promises.domain import following
from apps.promises.enums import Kind, Outcome, Settlement, State
from apps.promises.errors import AlreadySettled, AlreadyTakenBy, NotACallback
from apps.promises.models import Attempt, Promise
from tests.cast import NOON


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
    assert promise.next_attempt_at is None
    assert promise.due_at == NOON + timedelta(minutes=5)  # as it was said
    clock.move_to(NOON + timedelta(minutes=6))
    domain.tick()
    promise.refresh_from_db()
    assert promise.state == State.OPEN
    clock.move_to(promise.deadline)
    domain.tick()
    promise.refresh_from_db()
    assert promise.state == State.BROKEN


@pytest.mark.parametrize("window", [None, timedelta(hours=1)])
def test_dials_before_the_agreed_time_neither_count_nor_move_nor_end_it(
    promise_for, ana_agent, window
):
    due = NOON + timedelta(hours=3)
    promise = promise_for(minutes=180, window_end=due + window if window else None)
    for outcome in (Outcome.NO_ANSWER, Outcome.BUSY, Outcome.NO_ANSWER):
        attempt(promise, ana_agent, outcome)
    deadline = promise.deadline
    promise.refresh_from_db()
    assert (promise.state, promise.times_tried, promise.settlement) == (State.OPEN, 0, "")
    assert (promise.due_at, promise.deadline, promise.next_attempt_at) == (due, deadline, None)
    assert [one.counted for one in promise.attempts.all()] == [False] * 3
    promise.next_attempt_at = NOON + timedelta(minutes=15)  # as it stands in older rows
    assert promise.next_call_at == due


def test_second_press_within_the_pause_does_not_count_twice(promise_for, ana_agent, clock):
    promise = promise_for(minutes=1, window_end=NOON + timedelta(hours=2))
    clock.move_to(NOON + timedelta(minutes=2))
    counted = [attempt(promise, ana_agent, Outcome.NO_ANSWER).counted for _ in range(4)]
    promise.refresh_from_db()
    again = NOON + timedelta(minutes=17)
    assert (counted, promise.times_tried) == ([True, False, False, False], 1)
    assert (promise.next_attempt_at, promise.is_owed) == (again, True)
    clock.move_to(again)
    assert attempt(promise, ana_agent, Outcome.BUSY).counted


def test_next_attempt_asks_quiet_hours_and_opening_hours(
    promise_for, ana_agent, clock, phoned, office
):
    note_preference(
        customer_id=phoned.customer_id, actor=ana_agent, kind="quiet_hours", value="12:00-17:50"
    )
    promise = promise_for(minutes=1, window_end=NOON + timedelta(hours=6))
    clock.move_to(NOON + timedelta(minutes=90))  # 13:30, the office is open
    attempt(promise, ana_agent, Outcome.NO_ANSWER)
    promise.refresh_from_db()
    assert promise.next_attempt_at == NOON + timedelta(hours=5, minutes=50)
    clock.move_to(NOON + timedelta(hours=5, minutes=50))
    attempt(promise, ana_agent, Outcome.NO_ANSWER)
    promise.refresh_from_db()
    # an hour of opening time later, ten minutes of it today; 9:50 tomorrow is no quiet hour
    assert promise.next_attempt_at == NOON + timedelta(hours=21, minutes=50)


def test_dial_after_the_deadline_mends_nothing(promise_for, ana_agent, clock):
    promise = promise_for(minutes=5)
    clock.move_to(NOON + timedelta(minutes=6))
    attempt(promise, ana_agent, Outcome.NO_ANSWER)
    promise.refresh_from_db()
    assert (promise.state, promise.settled_at) == (State.BROKEN, None)
    assert promise.next_attempt_at == NOON + timedelta(minutes=21)


def exhaust(
    promise: Promise, actor, clock, outcome: Outcome = Outcome.NO_ANSWER
) -> list[timedelta]:
    """Dial in vain as often as the policy wants, each time when it is due; returns the pauses."""
    clock.move_to(promise.due_at + timedelta(minutes=1))
    gaps = []
    while promise.is_owed:
        attempt(promise, actor, outcome)
        promise.refresh_from_db()
        if promise.next_attempt_at:
            gaps.append(promise.next_attempt_at - timezone.now())
            clock.move_to(promise.next_attempt_at)
    return gaps


def test_attempts_come_further_apart_and_the_last_one_is_told_by_mail(
    promise_for, phoned, ana_agent, clock, mailbox
):
    promise = promise_for(window_end=NOON + timedelta(hours=2))
    gaps = exhaust(promise, ana_agent, clock)
    assert gaps == [timedelta(minutes=15), timedelta(hours=1)]
    assert (promise.state, promise.settlement) == (State.WITHDRAWN, Settlement.NOT_REACHED)
    told = Delivery.objects.select_related("interaction").get()
    assert told.interaction.automatic == "notice_not_reached"
    assert "3 times" in told.interaction.text
    assert promise.text not in told.interaction.text
    story = CaseEvent.objects.filter(case=phoned).values_list("kind", flat=True)
    assert list(story).count("attempt_made") == 3
    assert "not_reached" in story
    assert not Promise.objects.filter(kind=Kind.UNREACHED).exists()


@pytest.mark.parametrize("owned", [True, False])
def test_customer_without_another_way_is_not_dropped(
    promise_for, phoned, ana_agent, sam_supervisor, clock, owned
):
    promise = promise_for(window_end=NOON + timedelta(hours=2), made_in=None)
    Case.objects.filter(pk=phoned.pk).update(status=Status.WAITING)
    if not owned:
        Case.objects.filter(pk=phoned.pk).update(owner=None)
        Promise.objects.filter(pk=promise.pk).update(owner=None)
    exhaust(promise, ana_agent, clock, Outcome.BUSY)
    event = CaseEvent.objects.get(case=phoned, kind="not_reached")
    assert event.data["told"] is False
    assert not Interaction.objects.filter(case=phoned, direction="outbound").exists()
    work = Promise.objects.owed().get(case=phoned, kind=Kind.UNREACHED)
    phoned.refresh_from_db()
    assert (phoned.status, phoned.due_at is not None) == (Status.OPEN, True)
    assert work.owner == (ana_agent if owned else sam_supervisor)
    assert work.deadline == timezone.now() + timedelta(minutes=600)  # as for any next answer
    told = set(Notification.objects.values_list("recipient", flat=True))
    assert told >= {work.owner_id, sam_supervisor.pk}
    with transaction.atomic():
        channels.record_outbound(
            case_id=phoned.pk, actor=ana_agent, channel="fax", text="Written by fax"
        )
    work.refresh_from_db()
    assert work.settlement == Settlement.KEPT


def test_last_attempt_that_is_taken_back_is_to_be_made_again(promise_for, phoned, ana_agent, clock):
    promise = promise_for(window_end=NOON + timedelta(hours=2))
    exhaust(promise, ana_agent, clock)
    domain.take_back_settlement(promise_id=promise.pk, actor=ana_agent)
    promise.refresh_from_db()
    assert (promise.is_owed, promise.times_tried, promise.attempts.count()) == (True, 2, 2)
    assert promise.next_attempt_at == NOON + timedelta(minutes=61 + 15 + 60)
    assert not Promise.objects.filter(kind=Kind.UNREACHED).exists()


@pytest.mark.parametrize("outcome", [Outcome.REACHED_DONE, Outcome.REACHED_NEW_TIME])
def test_reaching_the_customer_answers_their_mail(promise_for, phoned, ana_agent, clock, outcome):
    promise = promise_for()
    following.follow_waiting([phoned])
    answer = Promise.objects.owed().get(case=phoned, kind=Kind.FIRST_REPLY)
    since = phoned.waiting_since
    assert since is not None
    new = domain.NewTime(NOON + timedelta(hours=3)) if outcome != Outcome.REACHED_DONE else None
    attempt(promise, ana_agent, outcome, note="She is glad.", new_time=new)
    call = Interaction.objects.get(case=phoned, channel="phone", direction="outbound")
    assert (call.text, call.author) == ("She is glad.", ana_agent)
    assert promise.attempts.get().interaction == call
    phoned.refresh_from_db()
    answer.refresh_from_db()
    assert (phoned.waiting_since, phoned.first_reply_at) == (None, timezone.now())
    assert (answer.settlement, answer.kept_in) == (Settlement.KEPT, call)
    with pytest.raises(AlreadySettled):
        attempt(promise, ana_agent, outcome, new_time=new)
    assert Interaction.objects.filter(case=phoned, channel="phone").count() == 1

    domain.take_back_settlement(promise_id=promise.pk, actor=ana_agent)
    phoned.refresh_from_db()
    answer.refresh_from_db()
    promise.refresh_from_db()
    call.refresh_from_db()
    assert (promise.is_owed, promise.attempts.count()) == (True, 0)
    assert (answer.is_owed, answer.kept_in) == (True, None)
    assert (phoned.waiting_since, phoned.first_reply_at) == (since, None)
    assert (call.channel, call.visibility, call.text) == ("internal", "internal", "She is glad.")
    owed = Promise.objects.owed().filter(case=phoned).values_list("kind", flat=True)
    assert sorted(owed) == [Kind.CALLBACK, Kind.FIRST_REPLY]


@pytest.mark.parametrize(("note", "calls"), [("", 1), ("She is glad.", 2)])
def test_call_that_was_written_down_already_is_not_put_on_record_again(
    promise_for, phoned, ana_agent, clock, note, calls
):
    promise = promise_for()
    clock.move_to(NOON + timedelta(minutes=5))
    written = channels.record_outbound(
        case_id=phoned.pk, actor=ana_agent, channel="phone", text="I called her"
    )
    clock.move_to(NOON + timedelta(minutes=7))
    attempt(promise, ana_agent, Outcome.REACHED_DONE, note=note)
    assert (promise.attempts.get().interaction == written) == (calls == 1)
    assert Interaction.objects.filter(case=phoned, channel="phone").count() == calls
    domain.take_back_settlement(promise_id=promise.pk, actor=ana_agent)
    assert list(Interaction.objects.filter(case=phoned, channel="phone")) == [written]


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
