"""What is written now and leaves later: nobody has heard it before, so no clock stops before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.cases import domain as cases
from apps.cases.models import Case
from apps.channels import domain
from apps.channels.domain.composing import compose
from apps.channels.driver import DeliveryError
from apps.channels.models import Delivery
from apps.promises.models import Promise
from tests.channels.pigeon import letter
from tests.channels.weather import storm

DAYS = timedelta(days=2)


@pytest.fixture
def scheduled(case, ana_agent, clock):
    """An answer of Ana's that leaves in two days."""
    later = timezone.now() + DAYS
    return domain.reply(
        case_id=case.pk, actor=ana_agent, text="We come.", hold_until=later
    ).delivery


def fresh(case) -> Case:
    return Case.objects.get(pk=case.pk)


def clocks(case) -> tuple[object, ...]:
    now = fresh(case)
    return now.status, now.waiting_since, now.first_reply_at, now.snippet


def owed(case) -> list[Promise]:
    return list(Promise.objects.owed().filter(case=case, automatic=True))


def test_scheduled_answer_moves_no_clock_until_it_leaves(case, scheduled, pigeon, clock):
    before = (case.status, case.waiting_since, None, case.snippet)
    assert clocks(case) == before
    assert [promise.kind for promise in owed(case)] == ["first_reply"]
    clock.shift(DAYS)
    now = timezone.now()
    assert domain.deliver(scheduled.pk)
    assert clocks(case) == ("waiting", None, now, "We come.")
    assert owed(case) == []
    late = Promise.objects.get(case=case)
    assert (late.state, late.settled_at, late.kept_in) == ("broken", now, scheduled.interaction)


def test_scheduled_answer_is_dated_when_it_leaves_on_every_attempt(scheduled, pigeon, clock):
    pigeon.weather = storm(DeliveryError("busy", permanent=False))
    clock.shift(DAYS + timedelta(minutes=1))
    left = timezone.now()
    assert domain.deliver(scheduled.pk)
    clock.shift(timedelta(hours=2))
    scheduled.refresh_from_db()
    assert compose(scheduled).created_at == left
    assert domain.deliver(scheduled.pk)
    assert [message.created_at for message in pigeon.sent] == [left]


def test_overtaken_answer_that_is_sent_all_the_same_ends_the_waiting(
    loft, case, scheduled, ana_agent, clock
):
    clock.shift(timedelta(hours=1))
    domain.receive(
        loft, letter(external_id="q2@x", references=["q@x"], text="More."), "application/json"
    )
    clock.shift(timedelta(hours=1))
    domain.retry_delivery(delivery_id=scheduled.pk, actor=ana_agent)
    assert clocks(case)[:3] == ("waiting", None, timezone.now())
    said = list(case.interactions.order_by("received_at").values_list("text_folded", flat=True))
    assert said[1:] == ["More.", "We come."]


def test_word_of_the_last_minute_still_waits_when_the_answer_leaves(
    loft, case, scheduled, pigeon, clock
):
    clock.shift(DAYS - timedelta(seconds=30))
    word = timezone.now()
    domain.receive(
        loft, letter(external_id="q2@x", references=["q@x"], text="More."), "application/json"
    )
    clock.shift(timedelta(seconds=30))
    assert domain.deliver(scheduled.pk)
    now = fresh(case)
    assert (now.status, now.first_reply_at) == (case.status, timezone.now())
    assert now.waiting_since <= word


def test_scheduled_answer_that_is_taken_back_was_never_said(case, scheduled, ana_agent):
    before = clocks(case)
    undone = domain.undo_delivery(delivery_id=scheduled.pk, actor=ana_agent)
    assert (undone.text, undone.held_until) == ("We come.", scheduled.held_until)
    assert clocks(case) == before
    split = cases.split_case(case_id=case.pk, actor=ana_agent, interactions=[undone.interaction.pk])
    assert split.first_reply_at is None


def test_answer_within_the_undo_window_counts_at_once(case, ana_agent):
    soon = timezone.now() + timedelta(seconds=10)
    said = domain.reply(case_id=case.pk, actor=ana_agent, text="Hm", hold_until=soon)
    assert clocks(case) == ("waiting", None, said.received_at, "Hm")
    domain.undo_delivery(delivery_id=said.delivery.pk, actor=ana_agent)
    assert clocks(case) == ("open", case.waiting_since, None, case.snippet)
    assert Delivery.objects.get().dated_at is None
