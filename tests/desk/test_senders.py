"""Blocked and allowed senders, kept on the page of spam."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Team, User
from apps.channels import domain
from apps.channels.models import Account, InboundMessage, SenderRule

SPAM = "/desk/spam/"


@pytest.fixture
def sam(sam_supervisor: User, at_desk: Callable[[User], Client]) -> Client:
    return at_desk(sam_supervisor)


def mail(sender: str) -> bytes:
    return f"From: {sender}\r\nMessage-ID: <{sender}>\r\n\r\nHello\r\n".encode()


def test_blocked_sender_is_unblocked_by_a_press(ana: Client, lamps: Team, mailbox: Account):
    rule = SenderRule.objects.create(value="bad@spam.example", verdict="block", team=lamps)
    assert domain.receive(mailbox, mail("bad@spam.example"), "message/rfc822").state == "ignored"
    address = reverse("desk:forget_rule", args=[rule.pk])
    assert address in ana.get(SPAM).text
    page = ana.post(address, follow=True).text
    assert "bad@spam.example" not in page.replace("From a blocked", "")
    again = mail("bad@spam.example").replace(b"Hello", b"Hello again")
    assert domain.receive(mailbox, again, "message/rfc822").state == "accepted"


def test_agent_takes_back_neither_what_allows_nor_what_holds_for_all(ana: Client, lamps: Team):
    allowed = SenderRule.objects.create(value="good.example", verdict="allow", team=lamps)
    of_all = SenderRule.objects.create(value="bad.example", verdict="block", team=None)
    page = ana.get(SPAM).text
    for rule in (allowed, of_all):
        address = reverse("desk:forget_rule", args=[rule.pk])
        assert address not in page
        ana.post(address)
    assert SenderRule.objects.count() == 2


def test_rule_of_another_team_is_no_page(foreigner: Client, lamps: Team):
    rule = SenderRule.objects.create(value="bad.example", verdict="block", team=lamps)
    assert foreigner.post(reverse("desk:forget_rule", args=[rule.pk])).status_code == 404
    assert SenderRule.objects.exists()


def test_lead_keeps_the_list_of_the_team(sam: Client, sam_supervisor: User, lamps: Team):
    values = {"value": " @Good.Example ", "verdict": "allow", "team": lamps.pk}
    page = sam.post(SPAM, values, follow=True).text
    assert "Added to the list" in page
    rule = SenderRule.objects.get()
    assert (rule.value, rule.verdict, rule.author) == ("good.example", "allow", sam_supervisor)
    sam.post(SPAM, values | {"verdict": "block"})
    assert SenderRule.objects.get().verdict == "block"
    sam.post(reverse("desk:forget_rule", args=[rule.pk]))
    assert not SenderRule.objects.exists()


@pytest.mark.parametrize("value", ["", "nobody", "two words.example"])
def test_sender_that_is_none_comes_back_with_a_sentence(sam: Client, lamps: Team, value: str):
    answer = sam.post(SPAM, {"value": value, "verdict": "block", "team": lamps.pk})
    assert answer.status_code == 422
    assert "errorlist" in answer.text
    assert not SenderRule.objects.exists()


def test_lead_adds_nothing_to_another_team_and_an_agent_nothing_at_all(
    sam: Client, ana: Client, lamps: Team, pumps: Team
):
    values = {"value": "bad.example", "verdict": "block"}
    assert sam.post(SPAM, values | {"team": pumps.pk}).status_code == 422
    assert sam.post(SPAM, values).status_code == 422
    assert ana.post(SPAM, values | {"team": lamps.pk}).status_code == 404
    assert not SenderRule.objects.exists()


def test_superuser_may_rule_for_all_teams(root: User, at_desk, mailbox: Account):
    at_desk(root).post(SPAM, {"value": "bad.example", "verdict": "block", "team": ""})
    assert SenderRule.objects.get().team is None
    domain.receive(mailbox, mail("x@bad.example"), "message/rfc822")
    assert InboundMessage.objects.get().reason == "blocked_sender"
