"""An answer that never left has kept nothing: the clock that it stopped runs as if unstopped."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.cases.models import Case, CaseEvent, Interaction
from apps.channels import domain as channels
from apps.channels.driver import DeliveryError
from apps.channels.enums import DeliveryState
from apps.channels.models import Delivery
from apps.promises import domain
from apps.promises.enums import Kind, State
from apps.promises.models import Promise
from tests.cast import NOON, make_interaction
from tests.channels.conftest import case, loft, pigeon
from tests.channels.weather import always
from tests.hardening.post import office, sent_answer, take
from tests.hardening.test_delivery_reports import dsn

__all__ = ["case", "loft", "office", "pigeon"]
MINUTE = timedelta(minutes=1)


def answer(case: Case, agent, **more) -> Delivery:
    return channels.reply(case_id=case.pk, actor=agent, text="Which lamp?", **more).delivery


def rows() -> list[dict[str, object]]:
    return list(Promise.objects.order_by("pk").values())


def dues() -> list[object]:
    return list(Case.objects.order_by("pk").values_list("waiting_since", "due_at"))


def fail(delivery: Delivery, pigeon) -> None:
    pigeon.weather = always(DeliveryError("no such roof", permanent=True))
    channels.deliver(delivery.pk)


def cancel(delivery: Delivery, _pigeon) -> None:
    channels.cancel_delivery(delivery_id=delivery.pk, actor=delivery.interaction.author)


def undo(delivery: Delivery, _pigeon) -> None:
    channels.undo_delivery(delivery_id=delivery.pk, actor=delivery.interaction.author)


@pytest.mark.parametrize("ending", [fail, cancel, undo])
def test_clock_runs_again_exactly_as_before(clock, case, pigeon, ana_agent, ending):
    before = rows(), dues()
    clock.shift(30)
    delivery = answer(case, ana_agent)
    kept = Promise.objects.get()
    assert (kept.state, kept.kept_in) == (State.KEPT, delivery.interaction)
    assert Case.objects.get(pk=case.pk).due_at is None
    clock.shift(5)
    ending(delivery, pigeon)
    assert (rows(), dues()) == before


def test_answer_undone_within_its_ten_seconds_gives_the_clock_back(clock, case, ana_agent):
    before = rows()
    delivery = answer(case, ana_agent, hold_until=NOON + timedelta(seconds=10))
    assert delivery.state == DeliveryState.HELD
    assert Promise.objects.get().state == State.KEPT
    clock.shift(9)
    undo(delivery, None)
    assert rows() == before


def test_bounced_mail_gives_the_clock_back(clock, office, ana_agent):
    delivery = sent_answer(office, ana_agent)
    (kept,) = rows()
    assert (kept["state"], kept["kept_in_id"]) == (State.KEPT, delivery.interaction_id)
    clock.shift(60)
    take(office, dsn(delivery.message_id))
    (owed,) = rows()
    assert (owed["state"], owed["settled_at"], owed["kept_in_id"]) == (State.OPEN, None, None)
    assert (owed["made_at"], owed["deadline"]) == (kept["made_at"], kept["deadline"])
    assert Case.objects.get().due_at == owed["deadline"]


def test_next_answer_comes_back_and_the_first_stays_kept(clock, case, pigeon, ana_agent):
    first = answer(case, ana_agent)
    channels.deliver(first.pk)
    clock.shift(60)
    make_interaction(Case.objects.get(pk=case.pk), channel=case.channel, text="The small one.")
    before = rows()
    clock.shift(60)
    fail(answer(case, ana_agent), pigeon)
    assert rows() == before
    states = Promise.objects.order_by("pk").values_list("kind", "state")
    assert list(states) == [(Kind.FIRST_REPLY, State.KEPT), (Kind.NEXT_REPLY, State.OPEN)]


def test_time_that_ran_out_meanwhile_breaks_the_promise_at_its_own_deadline(
    clock, case, pigeon, ana_agent
):
    deadline = Promise.objects.get().deadline
    delivery = answer(case, ana_agent)
    clock.move_to(deadline + MINUTE)
    domain.tick()
    assert Promise.objects.get().state == State.KEPT
    fail(delivery, pigeon)
    domain.tick()
    broken = Promise.objects.get()
    assert (broken.state, broken.broken_at, broken.settled_at) == (State.BROKEN, deadline, None)
    assert CaseEvent.objects.filter(kind="promise_broken").count() == 1


def test_retried_answer_keeps_the_promise_once_more(clock, case, pigeon, ana_agent):
    delivery = answer(case, ana_agent)
    fail(delivery, pigeon)
    assert Promise.objects.get().is_owed
    pigeon.weather = None
    channels.retry_delivery(delivery_id=delivery.pk, actor=ana_agent)
    assert not Promise.objects.owed().exists()
    assert Case.objects.get(pk=case.pk).due_at is None


def test_old_answer_that_comes_back_starts_no_second_clock(clock, case, pigeon, ana_agent):
    first = answer(case, ana_agent)
    make_interaction(Case.objects.get(pk=case.pk), channel=case.channel, text="And now?")
    before = rows()
    fail(first, pigeon)
    assert rows() == before
    assert Promise.objects.owed().count() == 1


def test_machines_answer_that_fails_moves_no_clock(clock, case, pigeon, ana_agent):
    channels.deliver(answer(case, ana_agent).pk)
    before = rows()
    said = Interaction.objects.filter(case=case, direction="outbound").get()
    automatic = answer(case, ana_agent)
    Delivery.objects.filter(pk=automatic.pk).update(automatic=True)
    fail(Delivery.objects.get(pk=automatic.pk), pigeon)
    assert rows() == before
    assert said.delivery.state == DeliveryState.SENT


def test_clock_set_long_ago_is_not_taken_for_another_cases(clock, case, pigeon, ana_agent, loft):
    """Only the case whose word came back owes again."""
    other = make_interaction(
        Case.objects.create(customer=case.customer, channel=case.channel, team=case.team)
    ).case
    answer(other, ana_agent)
    delivery = answer(case, ana_agent)
    assert Promise.objects.filter(case=case).get().made_at == NOON
    fail(delivery, pigeon)
    owed = Promise.objects.owed().values_list("case", flat=True)
    assert list(owed) == [case.pk]


@pytest.mark.parametrize("ending", [fail, cancel, undo])
def test_news_that_never_left_are_owed_again_and_have_not_renewed_themselves(
    clock, case, pigeon, ana_agent, ending
):
    due_at = NOON + 20 * MINUTE
    news = domain.make_promise(
        case_id=case.pk, actor=ana_agent, kind=Kind.PROGRESS_UPDATE, due_at=due_at
    )
    clock.shift(30)
    delivery = answer(case, ana_agent)
    assert Promise.objects.filter(kind=Kind.PROGRESS_UPDATE).count() == 2
    ending(delivery, pigeon)
    (again,) = Promise.objects.filter(kind=Kind.PROGRESS_UPDATE)
    assert (again.pk, again.state, again.deadline) == (news.pk, State.OPEN, due_at)
    assert Case.objects.get(pk=case.pk).due_at == min(
        Promise.objects.owed().values_list("deadline", flat=True)
    )
