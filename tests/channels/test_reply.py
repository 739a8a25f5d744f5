from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from apps.cases.enums import Direction, Status
from apps.cases.errors import NotAllowed
from apps.cases.models import Interaction, Participant
from apps.channels import domain, errors, nudges
from apps.channels.enums import DeliveryState
from apps.channels.models import Account, CaseRoute, Delivery
from apps.customers.domain import add_identity
from tests.cast import make_case, make_interaction
from tests.channels.pigeon import SLUG, letter


@pytest.fixture
def case(loft):
    """Cleo's case, begun by a letter."""
    raw = letter(external_id="q@x", subject="The lamp", name="Cleo")
    result = domain.receive(loft, raw, "application/json")
    return Interaction.objects.get(pk=result.interaction).case


def test_reply_makes_interaction_and_delivery(case, loft, ana_agent):
    interaction = domain.reply(case_id=case.pk, actor=ana_agent, text="Which lamp?")
    delivery = interaction.delivery
    assert (interaction.direction, interaction.author) == (Direction.OUTBOUND, ana_agent)
    assert (interaction.subject, interaction.text) == ("Re: The lamp", "Which lamp?")
    assert interaction.recipients == [
        {"kind": "email", "value": "cleo@example.org", "name": "Cleo"}
    ]
    assert (delivery.state, delivery.account) == (DeliveryState.QUEUED, loft)
    assert delivery.references == ["q@x"]
    case.refresh_from_db()
    assert (case.status, case.waiting_since) == (Status.WAITING, None)
    assert case.first_reply_at == interaction.received_at


def test_reply_sent_carries_marks_and_thread(case, pigeon, ana_agent):
    first = domain.reply(case_id=case.pk, actor=ana_agent, text="One.")
    second = domain.reply(case_id=case.pk, actor=ana_agent, text="Two.")
    domain.deliver(second.delivery.pk)
    (sent,) = pigeon.sent
    assert sent.references == ("q@x", first.delivery.message_id)
    assert sent.subject.startswith("Re: The lamp [CC-")
    assert sent.reply_to.startswith(f"loft+cc{case.pk}-")
    assert sent.sender_name == "Ana"
    assert not sent.automatic


def test_reply_by_a_follower_or_stranger_is_refused(case, stranger):
    with pytest.raises(NotAllowed):
        domain.reply(case_id=case.pk, actor=stranger, text="x")
    case.followers.create(user=stranger)
    with pytest.raises(NotAllowed):
        domain.reply(case_id=case.pk, actor=stranger, text="x")
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("text", ["", " \n"])
def test_reply_without_a_word_is_refused(case, ana_agent, text):
    with pytest.raises(errors.NothingSaid):
        domain.reply(case_id=case.pk, actor=ana_agent, text=text)


def test_account_is_the_cases_else_the_teams_else_the_default(case, loft, lamps, ana_agent):
    teams = Account.objects.create(channel=SLUG, name="teams", team=lamps)
    default = loft
    own = Account.objects.create(channel=SLUG, name="own")
    CaseRoute.objects.filter(case=case).update(account=own)

    def sender():
        return domain.reply(case_id=case.pk, actor=ana_agent, text="x").delivery.account

    assert sender() == own
    Account.objects.filter(pk=own.pk).update(is_enabled=False)
    assert sender() == default
    Account.objects.filter(pk=default.pk).update(team=None)
    assert sender() == teams
    Account.objects.filter(pk=teams.pk).update(is_enabled=False)
    assert sender() == default
    Account.objects.filter(pk=default.pk).update(is_enabled=False)
    with pytest.raises(errors.NoAccount):
        sender()


def test_address_is_the_one_last_used_in_the_case(case, ana_agent):
    add_identity(customer=case.customer, kind="email", value="cleo@work.example")

    def recipient():
        sent = domain.reply(case_id=case.pk, actor=ana_agent, text="x")
        return sent.recipients[0]["value"]

    assert recipient() == "cleo@example.org"
    make_interaction(case, sender_kind="email", sender_value="cleo@work.example")
    assert recipient() == "cleo@work.example"
    make_interaction(case, sender_kind="email", sender_value="mallory@example.org")
    assert recipient() == "cleo@work.example"


def test_customer_without_an_address_cannot_be_written_to(loft, ana_agent, lamps):
    case = make_case(team=lamps, channel="phone")
    case.customer.identities.all().delete()
    with pytest.raises(errors.NoAddress):
        domain.reply(case_id=case.pk, actor=ana_agent, text="x", channel=SLUG)
    assert not Delivery.objects.exists()


def test_named_recipients_become_participants_and_ours_are_left_out(case, ana_agent):
    own = domain.reply(case_id=case.pk, actor=ana_agent, text="x").delivery.reply_to
    sent = domain.reply(
        case_id=case.pk,
        actor=ana_agent,
        text="x",
        to=["Maker@Example.net", "loft@example.com"],
        cc=["cleo@example.org", "maker@example.net", own],
    )
    assert [one["value"] for one in sent.recipients] == ["maker@example.net"]
    assert [one["value"] for one in sent.copies] == ["cleo@example.org"]
    assert [seat.value for seat in Participant.objects.all()] == ["maker@example.net"]


def test_bad_address_is_named(case, ana_agent):
    with pytest.raises(errors.BadAddress) as refusal:
        domain.reply(case_id=case.pk, actor=ana_agent, text="x", to=["not an address"])
    assert refusal.value.value == "not an address"
    assert "not an address" in str(refusal.value)


def test_writing_to_ourselves_alone_is_refused(case, ana_agent):
    with pytest.raises(errors.NoAddress):
        domain.reply(case_id=case.pk, actor=ana_agent, text="x", to=["loft@example.com"])


def test_signature_is_put_below_and_folded_away(case, loft, ana_agent):
    Account.objects.update(signature="Lamps & more")
    sent = domain.reply(case_id=case.pk, actor=ana_agent, text="Yes.", html="<p>Yes.</p>")
    assert sent.text == "Yes.\n\n-- \nLamps & more\n"
    assert sent.text_folded == "Yes."
    assert sent.html == "<p>Yes.</p><!-- signature --><p>-- <br>Lamps &amp; more</p>"


def test_channel_without_a_driver_is_recorded_only(case, ana_agent, mailoutbox):
    spoken = domain.reply(case_id=case.pk, actor=ana_agent, text="On the phone.", channel="phone")
    assert (spoken.channel, spoken.direction) == ("phone", "outbound")
    assert not Delivery.objects.exists()


def test_held_reply_waits_for_its_time(case, ana_agent, pigeon, clock):
    until = timezone.now() + timedelta(minutes=5)
    delivery = domain.reply(case_id=case.pk, actor=ana_agent, text="x", hold_until=until).delivery
    assert delivery.state == DeliveryState.HELD
    assert not domain.deliver(delivery.pk)
    clock.shift(timedelta(minutes=5))
    assert domain.deliver(delivery.pk)
    assert len(pigeon.sent) == 1


def test_broker_that_is_down_fails_no_reply_and_is_left_alone_for_a_while(
    case, ana_agent, monkeypatch, django_capture_on_commit_callbacks, caplog
):
    asked = []

    def no_broker(task, **_kwargs):
        asked.append(task)
        raise ConnectionRefusedError

    monkeypatch.setattr(nudges.current_app, "send_task", no_broker)
    monkeypatch.setattr(nudges, "nudger", nudges.Nudger())
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        delivery = domain.reply(case_id=case.pk, actor=ana_agent, text="x").delivery
    assert len(callbacks) == 1
    assert nudges.nudger.send(nudges.DELIVER, delivery.pk).result() is False
    assert asked == [nudges.DELIVER]
    assert delivery.state == DeliveryState.QUEUED
    assert "waits for the sweep" in caplog.text


def test_reply_that_is_rolled_back_leaves_nothing(case, ana_agent):
    def fail():
        with transaction.atomic():
            domain.reply(case_id=case.pk, actor=ana_agent, text="x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (Delivery.objects.count(), Interaction.objects.count()) == (0, 1)
