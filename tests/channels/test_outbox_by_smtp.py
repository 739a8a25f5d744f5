"""The outbox over a real SMTP server that misbehaves as a test says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.channels import domain
from apps.channels.domain.accounts import save_account
from apps.channels.domain.sweeping import sweep
from apps.channels.mail import sending, smtp
from apps.channels.models import Account, Delivery
from apps.customers.models import Identity
from tests.cast import make_case
from tests.channels.weather import event_kinds
from tests.services.smtp_faults import running_faulty_smtp

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def server(monkeypatch):
    for name in ("TIMEOUT", "GREETING_TIMEOUT", "GOODBYE_TIMEOUT"):
        monkeypatch.setattr(smtp, name, 0.5)
    monkeypatch.setattr(sending, "ANSWER_TIMEOUT", 0.5)
    with running_faulty_smtp() as running:
        yield running


@pytest.fixture
def case(server, lamps):
    values = {"address": "help@example.com", "outgoing": server.url, "team": "Lamps"}
    save_account(channel="mail", name="support", values=values)
    return make_case(team=lamps)


@pytest.fixture
def waiting(case, ana_agent) -> Delivery:
    return domain.reply(case_id=case.pk, actor=ana_agent, text="Which lamp?").delivery


def tried(delivery: Delivery) -> Delivery:
    assert domain.deliver(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def test_refusals_for_now_climb_the_ladder_are_warned_of_and_end(server, waiting, case, clock):
    server.answers["RCPT"] = "451 4.3.0 later"
    start, pauses, warned = timezone.now(), [], []
    while tried(waiting).state == "queued":
        pauses.append(waiting.next_attempt_at - timezone.now())
        warned.append(waiting.warned_at)
        clock.move_to(waiting.next_attempt_at, tick=False)
    assert pauses[:6] == [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, HOUR]
    assert set(pauses[4:]) == {HOUR}
    assert DAY <= next(filter(None, warned)) - start < DAY + HOUR
    assert 5 * DAY - HOUR <= timezone.now() - start <= 5 * DAY
    assert (waiting.state, "451 4.3.0 later" in waiting.detail) == ("failed", True)
    assert event_kinds(case)[-2:] == ["delivery_delayed", "delivery_failed"]
    assert Delivery.objects.in_trouble().get() == waiting
    assert server.taken == []


def test_refusal_for_good_is_retried_by_hand_with_the_same_id(server, waiting, case, ana_agent):
    server.answers["DOT"], server.only_first = "554 5.7.1 looks like spam", 1
    assert tried(waiting).state == "failed"
    case.refresh_from_db()
    assert case.waiting_since is not None
    domain.retry_delivery(delivery_id=waiting.pk, actor=ana_agent)
    assert tried(waiting).state == "sent"
    assert waiting.message_id.encode() in server.taken[0]


def test_waiting_delivery_is_cancelled_by_hand(server, waiting, ana_agent):
    server.answers["MAIL"] = "451 4.3.0 later"
    assert tried(waiting).state == "queued"
    domain.cancel_delivery(delivery_id=waiting.pk, actor=ana_agent)
    Delivery.objects.update(next_attempt_at=timezone.now())
    assert (sweep().deliveries, server.taken) == (0, [])


@pytest.mark.parametrize("fault", ["stall_on", "drop_on"])
def test_lost_answer_is_unknown_and_sent_again_only_by_hand(
    server, waiting, case, ana_agent, fault
):
    getattr(server, fault).add("DOT")
    assert tried(waiting).state == "unknown"
    assert event_kinds(case)[-1] == "delivery_unknown"
    Delivery.objects.update(next_attempt_at=timezone.now() - DAY)
    assert (sweep().deliveries, len(server.taken)) == (0, 1)
    getattr(server, fault).clear()
    domain.retry_delivery(delivery_id=waiting.pk, actor=ana_agent)
    assert tried(waiting).state == "sent"
    assert len({mail.split(b"Message-ID: ")[1].split(b"\r\n")[0] for mail in server.taken}) == 1


def test_server_that_comes_back_gets_everything_at_once(server, waiting, clock):
    server.drop_on.add("GREETING")
    assert (tried(waiting).state, waiting.unreachable) == ("queued", True)
    Delivery.objects.update(next_attempt_at=timezone.now() + HOUR)
    clock.shift(31)
    server.drop_on.clear()
    swept = sweep()
    assert (swept.probes, swept.deliveries, len(server.taken)) == (1, 1, 1)
    assert Account.objects.get().unreachable_since is None


@pytest.mark.parametrize(
    ("answer", "bad"),
    [
        ("550 5.1.1 user unknown", True),
        ("550 No such user here", True),
        ("554 5.7.1 Recipient address rejected: relay access denied", False),
        ("451 4.1.1 user unknown, perhaps", False),
    ],
)
def test_address_that_the_server_does_not_know_is_marked(server, waiting, answer, bad):
    server.answers["RCPT"] = answer
    tried(waiting)
    address = Identity.objects.get(value=waiting.parties[0]["value"])
    assert (address.bad_since is not None, bad and answer in address.bad_reason) == (bad, bad)
