"""Loops, storms, out-of-office, list mail and our own notices: taken in, never answered."""

from __future__ import annotations

import pytest

from apps.cases.models import Case, Interaction
from apps.channels import domain
from apps.channels.domain.composing import compose
from apps.channels.mail import composing as wire
from apps.channels.models import Account, Delivery
from tests.hardening.hostile import CLASSES
from tests.hardening.post import office, raw, sent_answer, take

__all__ = ["office"]
MACHINES = {name: mail for name, mail in CLASSES["machines"].items() if "own_" not in name}


@pytest.fixture(autouse=True)
def _answering(office):
    office.options = {"acknowledge": "1"}
    office.outgoing = "smtp://localhost:9"
    office.save()


def by_ourselves() -> int:
    return Delivery.objects.filter(automatic=True).count()


@pytest.mark.parametrize("name", MACHINES)
def test_machines_mail_is_a_visible_case(office, ana_agent, name):
    result = take(office, MACHINES[name])
    assert result.state == "accepted"
    assert Case.objects.visible_to(ana_agent).by_number(result.case).exists()
    assert by_ourselves() == 0


@pytest.mark.parametrize("name", MACHINES)
def test_machines_mail_moves_nothing_in_a_case_that_waits(office, ana_agent, name):
    answer = sent_answer(office, ana_agent)
    before = Case.objects.get(pk=answer.interaction.case_id)
    heads = MACHINES[name].replace(b"<hostile-", b"<again-")
    take(office, b"In-Reply-To: <%s>\r\n" % answer.message_id.encode() + heads)
    after = Case.objects.get(pk=before.pk)
    if name not in {"no_reply", "do_not_reply", "list_owner"}:
        assert (after.status, after.waiting_since) == (before.status, before.waiting_since)
    assert by_ourselves() == 1  # the receipt of her first mail


def test_two_portals_that_answer_each_other_end(office, lamps):
    """Our receipts go to a portal like ours, and its receipts come back to us."""
    theirs = Account.objects.create(
        channel="email",
        name="theirs",
        address="help@their.example",
        team=lamps,
        outgoing="smtp://localhost:9",
        options={"acknowledge": "1"},
    )
    office.is_enabled = True
    first = raw("Hi", From="cleo@example.org", Reply_To="help@their.example")
    rounds, queue = 0, [(office, first)]
    seen: set[int] = set()
    while queue and rounds < 20:
        here, mail = queue.pop()
        take(here, mail)
        rounds += 1
        for delivery in Delivery.objects.filter(automatic=True).exclude(pk__in=seen):
            seen.add(delivery.pk)
            there = theirs if here == office else office
            queue.append((there, wire.compose(here.as_view(), compose(delivery))))
    assert rounds <= 5
    assert len(seen) <= 5


def test_storm_of_many_senders_answers_each_once(office):
    for number in range(60):
        sender = f"c{number % 3}@example.org"
        take(office, raw(f"{number}", From=sender, Message_ID=f"<s{number}@example.org>"))
    assert by_ourselves() == 3
    assert Case.objects.count() == 60


def test_storm_in_one_batch_answers_once(office):
    mails = [raw(f"{n}", Message_ID=f"<b{n}@example.org>") for n in range(50)]
    domain.receive_many(office, mails, "message/rfc822")
    assert by_ourselves() == 1
    assert Interaction.objects.filter(direction="inbound").count() == 50


@pytest.mark.parametrize("name", ["own_notice_of_ours", "own_address"])
def test_mail_from_our_own_address_is_never_answered(office, name):
    take(office, CLASSES["machines"][name])
    assert by_ourselves() == 0


def test_mark_of_ours_on_a_strangers_mail_hides_nothing(office, ana_agent):
    """Anybody can write our header: the mail is still taken in and seen."""
    result = take(office, CLASSES["machines"]["own_notice"])
    assert result.state == "accepted"
    assert Case.objects.visible_to(ana_agent).by_number(result.case).exists()
