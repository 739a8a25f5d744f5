"""How a promise ends, and that what is broken stays so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.cases import domain as cases
from apps.cases.errors import AlreadyClosed, NotAllowed, StillOwed
from apps.cases.models import Case, CaseEvent
from apps.promises import domain
from apps.promises.domain.settling import settle_by_agreement
from apps.promises.enums import Kind, Settlement, State
from apps.promises.errors import (
    AlreadySettled,
    AnotherStands,
    KeptByAnswer,
    NoConsent,
    NoReason,
    StartsByItself,
    StillBroken,
    TooLateToUndo,
)
from apps.promises.models import Promise
from tests.cast import NOON, make_interaction

HOUR = timedelta(hours=1)


def events(case: Case) -> list[str]:
    found = CaseEvent.objects.filter(case=case, kind__startswith="promise_")
    return list(found.order_by("pk").values_list("kind", flat=True))


def test_kept_in_time_is_kept(promise_for, phoned, ana_agent):
    promise = promise_for()
    kept = domain.keep_promise(promise_id=promise.pk, actor=ana_agent)
    assert (kept.state, kept.settlement, kept.broken_at) == (State.KEPT, Settlement.KEPT, None)
    assert kept.settled_at == NOON
    assert events(phoned) == ["promise_made", "promise_kept"]


def test_done_late_stays_broken(promise_for, phoned, ana_agent, clock):
    promise = promise_for(minutes=10)
    clock.move_to(NOON + HOUR)
    kept = domain.keep_promise(promise_id=promise.pk, actor=ana_agent)
    assert (kept.state, kept.settlement) == (State.BROKEN, Settlement.LATE)
    assert kept.broken_at == NOON + timedelta(minutes=10)
    assert events(phoned) == ["promise_made", "promise_broken", "promise_kept"]


def test_settled_is_settled_for_everybody(promise_for, ana_agent, ben_agent):
    promise = promise_for()
    domain.keep_promise(promise_id=promise.pk, actor=ana_agent)
    with pytest.raises(AlreadySettled):
        domain.keep_promise(promise_id=promise.pk, actor=ben_agent)
    with pytest.raises(AlreadySettled):
        domain.withdraw_promise(promise_id=promise.pk, actor=ben_agent, reason="twice")


def test_another_time_needs_the_customers_yes(promise_for, ana_agent):
    promise = promise_for()
    with pytest.raises(NoConsent):
        domain.renegotiate_promise(
            promise_id=promise.pk, actor=ana_agent, due_at=NOON + 2 * HOUR, consent=" "
        )


def test_another_time_ends_the_row_and_starts_its_successor(promise_for, phoned, ana_agent):
    promise = promise_for()
    successor = domain.renegotiate_promise(
        promise_id=promise.pk, actor=ana_agent, due_at=NOON + 2 * HOUR, consent="By phone"
    )
    former = Promise.objects.get(pk=promise.pk)
    assert (former.state, former.reason) == (State.RENEGOTIATED, "By phone")
    assert (successor.predecessor_id, successor.state) == (promise.pk, State.OPEN)
    assert (successor.text, successor.address) == (promise.text, promise.address)
    assert Case.objects.get(pk=phoned.pk).due_at == NOON + 2 * HOUR
    assert events(phoned) == ["promise_made", "promise_renegotiated"]


def test_broken_stays_broken_when_another_time_is_agreed(promise_for, ana_agent, clock):
    promise = promise_for(minutes=10)
    clock.move_to(NOON + HOUR)
    domain.renegotiate_promise(
        promise_id=promise.pk, actor=ana_agent, due_at=NOON + 2 * HOUR, consent="By phone"
    )
    former = Promise.objects.get(pk=promise.pk)
    assert (former.state, former.settlement) == (State.BROKEN, Settlement.RENEGOTIATED)


def test_withdrawn_with_a_reason(promise_for, phoned, ana_agent):
    promise = promise_for()
    with pytest.raises(NoReason):
        domain.withdraw_promise(promise_id=promise.pk, actor=ana_agent, reason="")
    domain.withdraw_promise(promise_id=promise.pk, actor=ana_agent, reason="She came in herself")
    found = Promise.objects.get(pk=promise.pk)
    assert (found.state, found.reason) == (State.WITHDRAWN, "She came in herself")
    assert events(phoned) == ["promise_made", "promise_withdrawn"]


def test_broken_cannot_be_withdrawn(promise_for, ana_agent, clock):
    promise = promise_for(minutes=10)
    clock.move_to(NOON + HOUR)
    with pytest.raises(StillBroken):
        domain.withdraw_promise(promise_id=promise.pk, actor=ana_agent, reason="Nobody saw it")


def test_slip_is_undone_and_another_persons_deed_is_not(promise_for, ana_agent, ben_agent, clock):
    promise = promise_for()
    domain.keep_promise(promise_id=promise.pk, actor=ana_agent)
    with pytest.raises(TooLateToUndo):
        domain.take_back_settlement(promise_id=promise.pk, actor=ben_agent)
    again = domain.take_back_settlement(promise_id=promise.pk, actor=ana_agent)
    assert (again.state, again.settled_at, again.deadline) == (State.OPEN, None, NOON + HOUR)
    assert again.next_check_at is not None
    domain.keep_promise(promise_id=promise.pk, actor=ana_agent)
    clock.shift(timedelta(minutes=3))
    with pytest.raises(TooLateToUndo):
        domain.take_back_settlement(promise_id=promise.pk, actor=ana_agent)


def test_undone_move_leaves_one_promise(promise_for, phoned, ana_agent):
    promise = promise_for()
    domain.renegotiate_promise(
        promise_id=promise.pk, actor=ana_agent, due_at=NOON + 2 * HOUR, consent="By phone"
    )
    domain.take_back_settlement(promise_id=promise.pk, actor=ana_agent)
    owed = Promise.objects.owed().filter(case=phoned, kind=Kind.CALLBACK)
    assert [one.pk for one in owed] == [promise.pk]
    assert Case.objects.get(pk=phoned.pk).due_at == NOON + HOUR


@pytest.mark.parametrize("late", [False, True])
def test_clock_of_an_answer_is_ended_by_no_press(phoned, ana_agent, clock, late):
    answer = Promise.objects.get(case=phoned)
    if late:
        clock.move_to(answer.deadline + HOUR)
        domain.tick()
    with pytest.raises(KeptByAnswer):
        domain.keep_promise(promise_id=answer.pk, actor=ana_agent)
    with pytest.raises(KeptByAnswer):
        domain.withdraw_promise(promise_id=answer.pk, actor=ana_agent, reason="Not needed")
    domain.sweep(at=timezone.now())
    found = Promise.objects.get(case=phoned)
    assert (found.pk, found.is_owed, found.is_broken) == (answer.pk, True, late)


@pytest.mark.parametrize("kind", [Kind.FIRST_REPLY, Kind.NEXT_REPLY])
def test_clock_of_an_answer_is_started_by_no_hand(promise_for, phoned, kind):
    with pytest.raises(StartsByItself, match="starts by itself"):
        promise_for(kind)
    assert Promise.objects.filter(case=phoned).count() == 1


def test_answers_new_time_is_the_one_clock_and_ends_with_a_word(phoned, ana_agent, clock):
    answer = Promise.objects.get(case=phoned)
    agreed = domain.renegotiate_promise(
        promise_id=answer.pk, actor=ana_agent, due_at=NOON + 20 * HOUR, consent="By phone"
    )
    make_interaction(Case.objects.get(pk=phoned.pk), text="Until then!")
    domain.sweep(at=timezone.now())
    assert list(Promise.objects.owed().filter(case=phoned)) == [agreed]
    with pytest.raises(KeptByAnswer):
        domain.keep_promise(promise_id=agreed.pk, actor=ana_agent)
    make_interaction(Case.objects.get(pk=phoned.pk), direction="outbound", author=ana_agent)
    agreed.refresh_from_db()
    assert agreed.state == State.KEPT


def test_answer_is_unsaid_by_no_undo_of_its_clock(phoned, ana_agent):
    make_interaction(phoned, direction="outbound", author=ana_agent)
    answer = Promise.objects.get(case=phoned)
    assert answer.settled_by == ana_agent
    with pytest.raises(KeptByAnswer):
        domain.take_back_settlement(promise_id=answer.pk, actor=ana_agent)


def test_nothing_is_taken_back_beside_what_took_its_place(phoned, ana_agent):
    cases.resolve_case(case_id=phoned.pk, actor=ana_agent)
    former = Promise.objects.owed().get(case=phoned, kind=Kind.FOLLOW_UP)
    domain.keep_promise(promise_id=former.pk, actor=ana_agent)
    cases.reopen_case(case_id=phoned.pk, actor=ana_agent)
    cases.resolve_case(case_id=phoned.pk, actor=ana_agent)
    with pytest.raises(AnotherStands):
        domain.take_back_settlement(promise_id=former.pk, actor=ana_agent)
    assert Promise.objects.owed().filter(case=phoned, kind=Kind.FOLLOW_UP).count() == 1


def test_clock_that_was_ended_by_hand_once_is_refused_beside_the_next(phoned, ana_agent):
    """Such rows stand in databases from before: undoing them broke a constraint."""
    former = Promise.objects.get(case=phoned)
    settle_by_agreement(former, at=NOON, actor=ana_agent, consent="By phone")
    former.save()
    domain.sweep(at=NOON)
    Case.objects.filter(pk=phoned.pk).update(due_at=None)
    domain.sweep(at=NOON)
    assert Promise.objects.owed().filter(case=phoned).count() == 1
    with pytest.raises(AnotherStands):
        domain.take_back_settlement(promise_id=former.pk, actor=ana_agent)


def test_nothing_is_taken_back_in_a_closed_case(promise_for, phoned, ana_agent):
    promise = promise_for()
    domain.keep_promise(promise_id=promise.pk, actor=ana_agent)
    cases.close_case(case_id=phoned.pk, actor=ana_agent)
    with pytest.raises(AlreadyClosed):
        domain.take_back_settlement(promise_id=promise.pk, actor=ana_agent)


def test_stranger_settles_nothing(promise_for, stranger):
    promise = promise_for()
    with pytest.raises(NotAllowed):
        domain.keep_promise(promise_id=promise.pk, actor=stranger)


def test_what_is_owed_keeps_a_case_open_and_is_named(promise_for, phoned, ana_agent):
    promise = promise_for(minutes=10)
    with pytest.raises(StillOwed) as refused:
        cases.close_case(case_id=phoned.pk, actor=ana_agent)
    assert refused.value.owed == ["A call back is due by 12:10. (With the arrival time)"]
    domain.keep_promise(promise_id=promise.pk, actor=ana_agent)
    assert cases.close_case(case_id=phoned.pk, actor=ana_agent).status == "closed"


def test_promise_broken_at_night_is_owed_in_the_morning(promise_for, phoned, ana_agent, clock):
    promise_for(minutes=10)
    clock.move_to(NOON + timedelta(hours=14))
    domain.tick()
    clock.move_to(NOON + timedelta(hours=20))
    domain.tick()
    broken = Promise.objects.owed().get(case=phoned, kind=Kind.CALLBACK)
    assert (broken.state, broken.broken_at) == (State.BROKEN, NOON + timedelta(minutes=10))
    assert Case.objects.get(pk=phoned.pk).due_at == broken.deadline
    with pytest.raises(StillOwed):
        cases.close_case(case_id=phoned.pk, actor=ana_agent)
