from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.cases.enums import Status
from apps.cases.errors import NotAllowed
from apps.cases.files import store
from apps.channels import domain, errors, registry
from apps.channels.domain import health
from apps.channels.domain.accounts import save_account
from apps.channels.domain.sweeping import sweep
from apps.channels.driver import AnswerUnknown, DeliveryError
from apps.channels.enums import DeliveryState
from apps.channels.models import Account, Delivery
from tests.channels.weather import always, event_kinds, storm

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_delivery_that_arrives_is_sent(queued, pigeon):
    assert domain.deliver(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, queued.attempts, queued.detail) == ("sent", 1, "250 cooed")
    assert (queued.lease_token, queued.lease_until, queued.committing) == ("", None, False)
    assert queued.sent_at is not None
    assert [message.message_id for message in pigeon.sent] == [queued.message_id]


def test_sent_delivery_is_not_sent_again(queued, pigeon):
    domain.deliver(queued.pk)
    assert not domain.deliver(queued.pk)
    sweep()
    assert len(pigeon.sent) == 1


def test_sweep_sends_what_a_lost_nudge_left(queued, pigeon):
    assert sweep().deliveries == 1
    assert len(pigeon.sent) == 1


def test_ladder_climbs_as_published_and_ends_after_five_days(queued, pigeon, case, clock):
    pigeon.weather = always(DeliveryError("try later", permanent=False))
    pauses = []
    start = timezone.now()
    while True:
        assert domain.deliver(queued.pk)
        queued.refresh_from_db()
        if queued.state != DeliveryState.QUEUED:
            break
        pauses.append(queued.next_attempt_at - timezone.now())
        clock.move_to(queued.next_attempt_at - timedelta(seconds=1), tick=False)
        assert not domain.deliver(queued.pk)
        clock.shift(1)
    assert pauses[:7] == [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, HOUR, HOUR]
    assert set(pauses[4:]) == {HOUR}
    assert 5 * DAY - HOUR <= timezone.now() - start <= 5 * DAY
    assert queued.state == DeliveryState.FAILED
    assert queued.detail.endswith("try later")
    assert {message.message_id for message in pigeon.sent} == set()
    assert event_kinds(case)[-2:] == ["delivery_delayed", "delivery_failed"]
    assert event_kinds(case).count("delivery_delayed") == 1


def test_agent_is_warned_after_a_day(queued, pigeon, clock):
    pigeon.weather = always(DeliveryError("try later", permanent=False))
    clock.shift(DAY - MINUTE)
    domain.deliver(queued.pk)
    assert not Delivery.objects.in_trouble().exists()
    clock.shift(2 * MINUTE)
    domain.deliver(queued.pk)
    assert Delivery.objects.in_trouble().get() == queued
    domain.settle_delivery(delivery_id=queued.pk, actor=queued.interaction.author)
    assert not Delivery.objects.in_trouble().exists()


def test_delivery_keeps_its_message_id_and_date_on_every_attempt(queued, pigeon, clock):
    pigeon.weather = storm(DeliveryError("later", permanent=False))
    domain.deliver(queued.pk)
    first = Delivery.objects.get().dated_at
    clock.shift(HOUR)
    Delivery.objects.update(next_attempt_at=timezone.now())
    domain.deliver(queued.pk)
    (sent,) = pigeon.sent
    assert first is not None
    assert (sent.message_id, sent.created_at) == (queued.message_id, first)


def test_permanent_failure_makes_work_at_once(queued, pigeon, case):
    case.refresh_from_db()
    assert case.status == Status.WAITING
    pigeon.weather = always(DeliveryError("550 no such user", permanent=True))
    domain.deliver(queued.pk)
    queued.refresh_from_db()
    case.refresh_from_db()
    assert (queued.state, queued.detail) == ("failed", "550 no such user")
    assert (case.status, case.waiting_since) == (
        Status.OPEN,
        case.interactions.first().received_at,
    )
    assert Delivery.objects.in_trouble().get() == queued


def test_answer_that_was_lost_is_never_repeated(queued, pigeon, case, clock):
    pigeon.weather = always(AnswerUnknown("cut off"))
    domain.deliver(queued.pk)
    queued.refresh_from_db()
    assert queued.state == DeliveryState.UNKNOWN
    assert queued.detail.startswith("Answer unknown")
    clock.shift(DAY)
    sweep()
    assert not domain.deliver(queued.pk)
    assert event_kinds(case)[-1] == "delivery_unknown"


def test_person_sends_an_unknown_one_again_with_the_same_id(queued, pigeon, ana_agent):
    pigeon.weather = always(AnswerUnknown("cut off"))
    domain.deliver(queued.pk)
    pigeon.weather = None
    domain.retry_delivery(delivery_id=queued.pk, actor=ana_agent)
    assert not Delivery.objects.in_trouble().exists()
    sweep()
    assert [message.message_id for message in pigeon.sent] == [queued.message_id]


def set_up(**values):
    save_account(channel="pigeon", name="loft", values=values)


def test_disabled_account_holds_back_until_it_is_enabled(queued, pigeon, loft):
    set_up(enabled="0")
    sweep()
    queued.refresh_from_db()
    assert (queued.state, pigeon.sent) == ("queued", [])
    assert "loft is disabled" in queued.detail
    set_up(enabled="1")
    assert (sweep().deliveries, len(pigeon.sent)) == (1, 1)


def test_account_without_driver_holds_back_and_stands_in_the_list(queued, loft, pigeon):
    registry._drivers.pop("pigeon")
    domain.deliver(queued.pk)
    registry.register(pigeon)
    queued.refresh_from_db()
    loft.refresh_from_db()
    assert queued.state == "queued"
    assert "pigeon/loft" in queued.detail
    assert loft.last_error == queued.detail


def test_attachments_leave_with_the_answer(case, pigeon, ana_agent):
    file = store(b"12 yuan", name="bill.txt", content_type="text/plain")
    sent = domain.reply(case_id=case.pk, actor=ana_agent, text="", attachments=[file])
    domain.deliver(sent.delivery.pk)
    (one,) = pigeon.sent[0].attachments
    assert (one.name, one.content_type, one.content) == ("bill.txt", "text/plain", b"12 yuan")


def test_cancelled_delivery_stays_and_the_case_waits_again(queued, pigeon, case, ana_agent):
    domain.cancel_delivery(delivery_id=queued.pk, actor=ana_agent)
    assert not domain.deliver(queued.pk)
    case.refresh_from_db()
    assert case.waiting_since == case.interactions.first().received_at
    with pytest.raises(errors.WrongState):
        domain.cancel_delivery(delivery_id=queued.pk, actor=ana_agent)
    with pytest.raises(errors.WrongState):
        domain.retry_delivery(delivery_id=queued.pk, actor=ana_agent)


def test_sent_delivery_allows_nothing_more(queued, ana_agent):
    domain.deliver(queued.pk)
    for verb in (domain.cancel_delivery, domain.retry_delivery, domain.settle_delivery):
        with pytest.raises(errors.WrongState, match="Sent"):
            verb(delivery_id=queued.pk, actor=ana_agent)


def test_strangers_steer_no_delivery(queued, stranger):
    for verb in (domain.cancel_delivery, domain.retry_delivery, domain.settle_delivery):
        with pytest.raises(NotAllowed):
            verb(delivery_id=queued.pk, actor=stranger)


def test_retry_after_failure_ends_the_waiting_again(queued, pigeon, case, ana_agent):
    pigeon.weather = storm(DeliveryError("550", permanent=True))
    domain.deliver(queued.pk)
    domain.retry_delivery(delivery_id=queued.pk, actor=ana_agent)
    case.refresh_from_db()
    assert (case.waiting_since, case.status) == (None, Status.WAITING)


def test_server_that_is_away_shows_on_the_account_and_heals_by_itself(queued, pigeon, loft, clock):
    away = DeliveryError("connection refused", permanent=False, unreachable=True)
    pigeon.weather, pigeon.fault = always(away), away
    domain.deliver(queued.pk)
    loft.refresh_from_db()
    assert (loft.last_error, loft.unreachable_since) == ("connection refused", timezone.now())
    Delivery.objects.update(next_attempt_at=timezone.now() + HOUR)
    clock.shift(health.PROBE_EVERY)
    assert sweep().probes == 1
    assert sweep().probes == 0
    pigeon.weather = pigeon.fault = None
    clock.shift(health.PROBE_EVERY)
    swept = sweep()
    assert (swept.probes, swept.deliveries, len(pigeon.sent)) == (1, 1, 1)
    loft.refresh_from_db()
    assert (loft.last_error, loft.unreachable_since) == ("", None)
    assert loft.last_success_at == timezone.now()


def test_recipients_own_fault_waits_its_turn_when_the_server_is_well(queued, pigeon, clock):
    pigeon.weather = always(DeliveryError("450 greylisted", permanent=False))
    domain.deliver(queued.pk)
    clock.shift(health.PROBE_EVERY)
    assert sweep().probes == 0
    health.release_waiting(Account.objects.get())
    queued.refresh_from_db()
    assert queued.next_attempt_at > timezone.now()
