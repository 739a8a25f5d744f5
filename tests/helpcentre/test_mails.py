"""Mails carry the way to the page; only the customer's own mail carries one that lets in."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.cases.models import Interaction
from apps.channels import domain as channels
from apps.channels import status_links
from apps.channels.domain.composing import compose
from apps.channels.models import CaseRoute, Delivery
from tests.cast import make_case, make_customer

SIGNED = re.compile(r"http://localhost:8000(/help/in/[\w:.-]+/)")


@pytest.fixture
def routed(cleo_case, mailbox):
    CaseRoute.objects.create(case=cleo_case, account=mailbox)
    return cleo_case


def answer(case, actor, **more):
    text = f"See {status_links.address_of(case)} please."
    html = f'<p>See <a href="{status_links.address_of(case)}">here</a>.</p>'
    said = channels.reply(case_id=case.pk, actor=actor, text=text, html=html, **more)
    return Delivery.objects.get(interaction=said)


def test_answer_to_the_customer_alone_carries_a_link_that_lets_in(routed, ana_agent):
    delivery = answer(routed, ana_agent)
    sent = compose(delivery)
    found = SIGNED.search(sent.text)
    assert found
    assert SIGNED.search(sent.html)
    assert compose(Delivery.objects.get(pk=delivery.pk)) == sent  # on every attempt
    assert "flickers" in Client().get(found[1], follow=True).content.decode()


@pytest.mark.parametrize(
    "more", [{"cc": ["maker@example.net"]}, {"to": ["maker@example.net"]}], ids=["cc", "to"]
)
def test_mail_that_reaches_others_carries_the_plain_address(routed, ana_agent, more):
    sent = compose(answer(routed, ana_agent, **more))
    assert "/help/in/" not in sent.text + sent.html
    assert status_links.address_of(routed) in sent.text


def test_address_of_another_request_is_left_alone(routed, ana_agent):
    other = make_case(make_customer("Zoe"))
    text = f"See {status_links.address_of(other)} please."
    said = channels.reply(case_id=routed.pk, actor=ana_agent, text=text)
    assert compose(Delivery.objects.get(interaction=said)).text.startswith(text)


def test_neither_desk_nor_api_nor_search_holds_a_link_that_lets_in(routed, ana_agent):
    answer(routed, ana_agent)
    browser = Client()
    browser.force_login(ana_agent)
    paths = [f"/desk/cases/{routed.number}/", f"/api/v1/cases/{routed.number}/interactions/"]
    for path in [*paths, "/desk/search/?q=please"]:
        shown = browser.get(path)
        assert shown.status_code == 200
        assert "/help/in/" not in shown.content.decode()
    assert not Interaction.objects.filter(text__contains="/help/in/").exists()


def test_colleague_sends_the_link_by_one_press(routed, ana_agent):
    waiting = routed.waiting_since
    browser = Client()
    browser.force_login(ana_agent)
    press = reverse("desk:send_status_link", args=[routed.number])
    browser.get(press)
    assert not Delivery.objects.exists()
    browser.post(press)
    delivery = Delivery.objects.get()
    assert delivery.interaction.automatic == "notice_link"
    assert SIGNED.search(compose(delivery).text)
    routed.refresh_from_db()
    assert routed.waiting_since == waiting  # it moves no clock
    told = browser.post(press, follow=True).content.decode()  # one notice an hour
    assert Delivery.objects.count() == 1
    assert "Nothing was sent" in told
