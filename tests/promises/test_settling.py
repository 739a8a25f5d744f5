"""How a promise ends, and that what is broken stays so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.cases import domain as cases
from apps.cases.errors import NotAllowed, StillOwed
from apps.cases.models import Case, CaseEvent
from apps.promises import domain
from apps.promises.enums import Kind, Settlement, State
from apps.promises.errors import AlreadySettled, NoConsent, NoReason, StillBroken, TooLateToUndo
from apps.promises.models import Promise
from tests.promises.conftest import NOON

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
