from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.channels import domain
from apps.channels.domain import delivery as worker
from apps.channels.domain.sweeping import sweep
from apps.channels.driver import DeliveryError
from apps.channels.enums import DeliveryState
from apps.channels.models import Delivery
from tests.channels.weather import always, event_kinds, storm

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_worker_that_dies_before_handing_over_is_followed_by_another(queued, pigeon, clock):
    pigeon.weather = always(SystemExit())
    with pytest.raises(SystemExit):
        domain.deliver(queued.pk)
    pigeon.weather = None
    assert not domain.deliver(queued.pk)
    sweep()
    assert pigeon.sent == []
    clock.shift(worker.LEASE + timedelta(seconds=1))
    swept = sweep()
    assert (swept.released, swept.deliveries, len(pigeon.sent)) == (1, 0, 0)
    clock.shift(MINUTE)
    assert (sweep().deliveries, len(pigeon.sent)) == (1, 1)


def test_delivery_that_kills_its_workers_climbs_the_ladder_and_ends(queued, pigeon, case, clock):
    pigeon.weather = always(SystemExit())
    pauses = []
    while queued.state != DeliveryState.FAILED:
        with pytest.raises(SystemExit):
            domain.deliver(queued.pk)
        clock.shift(worker.LEASE)
        assert worker.release_expired() == 1
        queued.refresh_from_db()
        pauses.append(queued.next_attempt_at - timezone.now())
        clock.move_to(max(queued.next_attempt_at, timezone.now()), tick=False)
    assert pauses[:6] == [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, HOUR]
    assert event_kinds(case)[-2:] == ["delivery_delayed", "delivery_failed"]
    assert "stopped" in queued.detail


def test_lease_is_renewed_while_a_slow_server_answers(queued, pigeon, clock):
    def slow(_message, about_to_commit):
        for _step in range(20):
            clock.shift(45)
            assert worker.release_expired() == 0
            pigeon.renew()
            if _step == 10:
                about_to_commit()
                return

    pigeon.weather = slow
    assert domain.deliver(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, queued.attempts) == ("sent", 1)


def test_session_without_end_is_cut_and_tried_later(queued, pigeon, clock):
    def endless(_message, _about_to_commit):
        while True:
            clock.shift(45)
            pigeon.renew()

    pigeon.weather = endless
    domain.deliver(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, queued.detail) == ("queued", "The server took too long.")
    assert queued.next_attempt_at == timezone.now() + MINUTE


def test_worker_that_lost_its_lease_stops_at_the_next_step(queued, pigeon, clock):
    def slow(message, _about_to_commit):
        clock.shift(worker.LEASE + timedelta(seconds=1))
        worker.release_expired()
        pigeon.renew()
        raise AssertionError(message)

    pigeon.weather = slow
    domain.deliver(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, queued.attempts) == ("queued", 1)


def test_worker_that_dies_while_handing_over_leaves_an_unknown_answer(queued, pigeon, clock):
    def dies_after_the_dot(_message, about_to_commit):
        about_to_commit()
        raise SystemExit

    pigeon.weather = dies_after_the_dot
    with pytest.raises(SystemExit):
        domain.deliver(queued.pk)
    clock.shift(worker.COMMIT_LEASE + timedelta(seconds=1))
    sweep()
    queued.refresh_from_db()
    assert (queued.state, pigeon.sent) == (DeliveryState.UNKNOWN, [])


def test_driver_that_falls_over_is_tried_again_or_unknown(queued, pigeon):
    pigeon.weather = always(ZeroDivisionError("boom"))
    domain.deliver(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, queued.detail) == ("queued", "ZeroDivisionError: boom")

    def falls_after_the_dot(_message, about_to_commit):
        about_to_commit()
        raise ZeroDivisionError

    pigeon.weather = falls_after_the_dot
    Delivery.objects.update(next_attempt_at=timezone.now())
    domain.deliver(queued.pk)
    queued.refresh_from_db()
    assert queued.state == DeliveryState.UNKNOWN


def test_worker_whose_lease_ran_out_hands_nothing_over(queued, pigeon, clock):
    def slow(message, about_to_commit):
        clock.shift(worker.LEASE + timedelta(seconds=1))
        pigeon.weather = None
        sweep()
        clock.shift(MINUTE)
        sweep()
        about_to_commit()
        raise AssertionError(message)

    pigeon.weather = slow
    domain.deliver(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, len(pigeon.sent)) == (DeliveryState.SENT, 1)


def test_busy_account_leaves_room_for_others(queued, pigeon, loft, case, ana_agent):
    for _number in range(worker.MAX_IN_FLIGHT):
        domain.reply(case_id=case.pk, actor=ana_agent, text="x")
    Delivery.objects.exclude(pk=queued.pk).update(
        state=DeliveryState.SENDING, lease_until=timezone.now() + HOUR
    )
    assert sweep().deliveries == 0
    assert worker.deliver_nudged(queued.pk) == 0
    Delivery.objects.exclude(pk=queued.pk).update(state=DeliveryState.SENT)
    assert sweep().deliveries == 1


def test_nudge_takes_what_else_waits_for_the_account_with_it(
    queued, pigeon, case, ana_agent, nobody_ahead
):
    others = [domain.reply(case_id=case.pk, actor=ana_agent, text="x").delivery for _ in range(3)]
    assert worker.deliver_nudged(queued.pk) == 4
    assert len({message.message_id for message in pigeon.sent}) == len(pigeon.sent) == 4
    assert [worker.deliver_nudged(other.pk) for other in others] == [0, 0, 0]


def test_retry_of_what_was_sent_ahead_is_not_forgotten(
    queued, pigeon, case, ana_agent, nobody_ahead
):
    other = domain.reply(case_id=case.pk, actor=ana_agent, text="x").delivery
    refused = DeliveryError("550", permanent=True)
    pigeon.weather = storm(refused, refused)
    worker.deliver_nudged(queued.pk)
    domain.retry_delivery(delivery_id=other.pk, actor=ana_agent)
    assert [worker.deliver_nudged(other.pk) for _first_nudge_then_second in range(2)] == [0, 1]
    assert [message.message_id for message in pigeon.sent] == [other.message_id]


@pytest.fixture
def nobody_ahead(monkeypatch):
    """Keys come again in the next test's database."""
    monkeypatch.setattr(worker, "_ahead", worker._Ahead())
