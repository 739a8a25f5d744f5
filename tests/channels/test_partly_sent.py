from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.channels import domain
from apps.channels.domain import outcomes
from apps.channels.domain.sweeping import sweep
from apps.channels.driver import DeliveryError, Receipt
from apps.channels.enums import DeliveryState
from apps.channels.errors import WrongState
from apps.channels.models import Delivery
from tests.channels.weather import event_kinds, receipts

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def to_three(case, ana_agent):
    """An answer to Cleo with copies for Maker and Dan."""
    copies = ["maker@example.net", "dan@example.net"]
    return domain.reply(case_id=case.pk, actor=ana_agent, text="x", cc=copies).delivery


REFUSED, DEFERRED = {"maker@example.net": "550 no"}, {"dan@example.net": "451 later"}


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


def test_deferred_beside_refused_is_tried_again_and_ends_bounced(to_three, pigeon, case, clock):
    pigeon.weather = receipts(Receipt("250", REFUSED, DEFERRED), Receipt("250"))
    domain.deliver(to_three.pk)
    to_three.refresh_from_db()
    assert (to_three.state, to_three.remaining) == ("queued", ["dan@example.net"])
    assert to_three.next_attempt_at == timezone.now() + MINUTE
    assert "maker@example.net: 550 no" in to_three.detail
    assert "dan@example.net: 451 later" in to_three.detail
    assert event_kinds(case)[-1] == "delivery_failed"
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


def test_cancelled_after_an_unknown_answer_does_not_say_that_nothing_was_sent(queued, ana_agent):
    Delivery.objects.filter(pk=queued.pk).update(state=DeliveryState.SENDING, lease_token="x")
    queued.refresh_from_db()
    outcomes.unknown(queued, "x", "connection cut")
    domain.retry_delivery(delivery_id=queued.pk, actor=ana_agent)
    with pytest.raises(WrongState):
        domain.undo_delivery(delivery_id=queued.pk, actor=ana_agent)
    cancelled = domain.cancel_delivery(delivery_id=queued.pk, actor=ana_agent)
    assert cancelled.state == DeliveryState.CANCELLED
    assert "may have" in cancelled.detail
