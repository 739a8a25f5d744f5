from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.cases.enums import Status
from apps.cases.errors import NotAllowed
from apps.cases.files import store
from apps.cases.models import Interaction
from apps.channels import domain, errors, registry
from apps.channels.domain import delivery as worker
from apps.channels.domain import health
from apps.channels.domain.accounts import save_account
from apps.channels.domain.sweeping import sweep
from apps.channels.driver import AnswerUnknown, DeliveryError, Receipt
from apps.channels.enums import DeliveryState
from apps.channels.models import Account, Delivery
from tests.channels.pigeon import letter

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def case(loft):
    result = domain.receive(loft, letter(external_id="q@x", name="Cleo"), "application/json")
    return Interaction.objects.get(pk=result.interaction).case


@pytest.fixture
def queued(case, ana_agent):
    """An answer of Ana's that has not left yet."""
    return domain.reply(case_id=case.pk, actor=ana_agent, text="Which lamp?").delivery


def storm(*errors_to_raise):
    """Weather that raises these one after the other, before anything is handed over."""
    coming = iter(errors_to_raise)

    def weather(_message, about_to_commit):
        error = next(coming, None)
        if error is not None:
            raise error
        about_to_commit()

    return weather


def always(error):
    def weather(_message, _about_to_commit):
        raise error

    return weather


def kinds(case):
    return list(case.events.values_list("kind", flat=True))


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
    assert kinds(case)[-2:] == ["delivery_delayed", "delivery_failed"]
    assert kinds(case).count("delivery_delayed") == 1


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
    clock.shift(HOUR)
    Delivery.objects.update(next_attempt_at=timezone.now())
    domain.deliver(queued.pk)
    (sent,) = pigeon.sent
    assert (sent.message_id, sent.created_at) == (queued.message_id, queued.created_at)


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
    assert kinds(case)[-1] == "delivery_unknown"


def test_person_sends_an_unknown_one_again_with_the_same_id(queued, pigeon, ana_agent):
    pigeon.weather = always(AnswerUnknown("cut off"))
    domain.deliver(queued.pk)
    pigeon.weather = None
    domain.retry_delivery(delivery_id=queued.pk, actor=ana_agent)
    assert not Delivery.objects.in_trouble().exists()
    sweep()
    assert [message.message_id for message in pigeon.sent] == [queued.message_id]


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
    assert kinds(case)[-2:] == ["delivery_delayed", "delivery_failed"]
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


def test_refused_recipient_makes_work_and_alone_gets_the_second_attempt(case, pigeon, ana_agent):
    sent = domain.reply(case_id=case.pk, actor=ana_agent, text="x", cc=["maker@example.net"])

    def refuses_one(_message, about_to_commit):
        about_to_commit()
        return Receipt("250", {"maker@example.net": "550 unknown"})

    pigeon.weather = refuses_one
    domain.deliver(sent.delivery.pk)
    (troubled,) = Delivery.objects.in_trouble()
    assert troubled.state == DeliveryState.BOUNCED
    assert "maker@example.net: 550 unknown." in troubled.detail
    pigeon.weather = None
    domain.retry_delivery(delivery_id=troubled.pk, actor=ana_agent)
    domain.deliver(troubled.pk)
    assert [m.envelope for m in pigeon.sent] == [("maker@example.net",)]
    assert [(m.to[0].value, m.cc[0].value) for m in pigeon.sent] == [
        ("cleo@example.org", "maker@example.net")
    ]
    troubled.refresh_from_db()
    assert (troubled.state, troubled.remaining) == ("sent", [])


def test_deferred_recipient_alone_is_tried_again(case, pigeon, ana_agent, clock):
    sent = domain.reply(case_id=case.pk, actor=ana_agent, text="x", cc=["maker@example.net"])

    def defers_one(_message, about_to_commit):
        about_to_commit()
        return Receipt("250", deferred={"maker@example.net": "450 later"})

    pigeon.weather = defers_one
    domain.deliver(sent.delivery.pk)
    pigeon.weather = None
    clock.shift(MINUTE)
    sweep()
    assert [m.envelope for m in pigeon.sent] == [("maker@example.net",)]
    assert [(m.to[0].value, m.cc[0].value) for m in pigeon.sent] == [
        ("cleo@example.org", "maker@example.net")
    ]
    sent.delivery.refresh_from_db()
    assert (sent.delivery.state, sent.delivery.attempts) == ("sent", 2)


@pytest.fixture
def to_three(case, ana_agent):
    """An answer to Cleo with copies for Maker and Dan."""
    copies = ["maker@example.net", "dan@example.net"]
    return domain.reply(case_id=case.pk, actor=ana_agent, text="x", cc=copies).delivery


def receipts(*coming):
    """Weather that ends each attempt in the next of these receipts or errors."""
    answers = iter(coming)

    def weather(_message, about_to_commit):
        answer = next(answers)
        if isinstance(answer, DeliveryError):
            raise answer
        about_to_commit()
        return answer

    return weather


REFUSED, DEFERRED = {"maker@example.net": "550 no"}, {"dan@example.net": "451 later"}


def test_deferred_beside_refused_is_tried_again_and_ends_bounced(to_three, pigeon, case, clock):
    pigeon.weather = receipts(Receipt("250", REFUSED, DEFERRED), Receipt("250"))
    domain.deliver(to_three.pk)
    to_three.refresh_from_db()
    assert (to_three.state, to_three.remaining) == ("queued", ["dan@example.net"])
    assert to_three.next_attempt_at == timezone.now() + MINUTE
    assert "maker@example.net: 550 no" in to_three.detail
    assert "dan@example.net: 451 later" in to_three.detail
    assert kinds(case)[-1] == "delivery_failed"
    clock.shift(MINUTE)
    assert sweep().deliveries == 1
    to_three.refresh_from_db()
    assert (to_three.state, to_three.remaining) == ("bounced", ["maker@example.net"])
    assert "maker@example.net: 550 no" in to_three.detail


@pytest.mark.parametrize(
    ("refused", "waits_again"), [("maker@example.net", False), ("cleo@example.org", True)]
)
def test_addressee_who_never_gets_it_makes_the_case_wait_again(
    to_three, pigeon, case, refused, waits_again
):
    pigeon.weather = receipts(Receipt("250", {refused: "550 no"}))
    domain.deliver(to_three.pk)
    case.refresh_from_db()
    assert (case.waiting_since is not None) == waits_again


def test_deferred_that_is_refused_later_ends_bounced_with_all_that_miss_it(
    to_three, pigeon, clock, ana_agent
):
    end = DeliveryError("550 gone", permanent=True)
    pigeon.weather = receipts(Receipt("250", REFUSED, DEFERRED), end)
    domain.deliver(to_three.pk)
    clock.shift(MINUTE)
    sweep()
    to_three.refresh_from_db()
    assert to_three.state == "bounced"
    assert to_three.remaining == ["dan@example.net", "maker@example.net"]
    for words in ("550 gone", "maker@example.net: 550 no", "got it already: cleo@example.org"):
        assert words in to_three.detail
    pigeon.weather = None
    domain.retry_delivery(delivery_id=to_three.pk, actor=ana_agent)
    domain.deliver(to_three.pk)
    assert [m.envelope for m in pigeon.sent] == [("dan@example.net", "maker@example.net")]
    to_three.refresh_from_db()
    assert (to_three.state, to_three.remaining, to_three.refused) == ("sent", [], {})


def test_cancelling_a_partly_sent_one_says_who_has_it(to_three, pigeon, case, ana_agent):
    pigeon.weather = receipts(Receipt("250", deferred=DEFERRED))
    domain.deliver(to_three.pk)
    cancelled = domain.cancel_delivery(delivery_id=to_three.pk, actor=ana_agent)
    assert "got it already: cleo@example.org, maker@example.net." in cancelled.detail
    case.refresh_from_db()
    assert case.waiting_since is None


def set_up(**values):
    save_account(channel="pigeon", name="loft", values=values)


def test_disabled_account_holds_back_until_it_is_enabled(queued, pigeon, loft):
    set_up(enabled="0")
    sweep()
    queued.refresh_from_db()
    assert (queued.state, pigeon.sent) == ("queued", [])
    assert "pigeon/loft is disabled" in queued.detail
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


def test_busy_account_leaves_room_for_others(queued, pigeon, loft, case, ana_agent):
    for _number in range(worker.MAX_IN_FLIGHT):
        domain.reply(case_id=case.pk, actor=ana_agent, text="x")
    Delivery.objects.exclude(pk=queued.pk).update(
        state=DeliveryState.SENDING, lease_until=timezone.now() + HOUR
    )
    assert sweep().deliveries == 0
    assert not worker.deliver_if_free(queued.pk)
    Delivery.objects.exclude(pk=queued.pk).update(state=DeliveryState.SENT)
    assert sweep().deliveries == 1
