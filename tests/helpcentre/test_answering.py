"""A question behind the scenes, answered by a signed link without an account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.cases.models import CaseEvent, Interaction
from apps.channels.domain.composing import compose
from apps.channels.models import Delivery
from apps.common import links
from apps.helpcentre.domain import answering
from apps.promises import domain
from apps.promises.models import Estimate, Inquiry
from contactcentre.redaction import redact
from tests.cast import make_case

CREW = "crew@cables.example"
OVER = "/help/inquiries/over/"
SAID = {"answer": "By three.", "name": "Mr Hu", "restored_at": ""}


@pytest.fixture
def inquiry(lamps, ana_agent, mailbox) -> Inquiry:
    case = make_case(team=lamps, owner=ana_agent, subject="Zanzibar", text="Zanzibar lamp")
    due = timezone.now() + timedelta(hours=1)
    question = domain.Question("Cable crew", "When is the joint closed?", due, address=CREW)
    return domain.ask(case_id=case.pk, actor=ana_agent, question=question)


def path(inquiry: Inquiry) -> str:
    return "/" + answering.sign(inquiry).split("/", 3)[3]


def state() -> tuple:
    return (
        list(Inquiry.objects.values_list("answer", "answered_at", "serial")),
        Interaction.objects.count(),
        CaseEvent.objects.count(),
        Estimate.objects.count(),
    )


def test_mail_to_the_crew_holds_the_link(inquiry):
    delivery = Delivery.objects.get()
    assert answering.sign(inquiry) in compose(delivery).text
    assert answering.sign(inquiry) not in delivery.interaction.text


def test_address_in_the_stored_text_opens_nothing(client: Client, inquiry):
    plain = answering.address_of(inquiry)
    assert plain in Delivery.objects.get().interaction.text
    assert client.get("/" + plain.split("/", 3)[3]).headers["Location"] == OVER


@pytest.mark.parametrize("method", ["get", "head"])
def test_fetching_shows_the_question_and_changes_nothing(client: Client, inquiry, method):
    before = state()
    page = getattr(client, method)(path(inquiry))
    assert page.status_code == 200
    assert state() == before
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page.headers["Cache-Control"]
    if method == "get":
        assert "When is the joint closed?" in page.text
        assert "Ana" in page.text
        assert "Zanzibar" not in page.text
        assert inquiry.promise.case.number not in page.text
        assert inquiry.promise.case.customer.name not in page.text


def test_answer_is_internal_and_the_link_is_over(client: Client, inquiry):
    link = path(inquiry)
    answer = client.post(link, SAID)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/help/inquiries/thanks/")
    assert client.get(answer.headers["Location"]).status_code == 200
    inquiry.refresh_from_db()
    assert (inquiry.answer, inquiry.answered_by) == ("By three.", "Mr Hu")
    assert inquiry.promise.kept_in.is_internal
    before = state()
    for again in (client.get(link), client.post(link, SAID)):
        assert (again.status_code, again.headers["Location"]) == (302, OVER)
    assert state() == before
    assert client.get(OVER).status_code == 410


def test_expected_time_is_kept_and_told_in_the_sites_zone(client: Client, inquiry, settings):
    there = timezone.localtime(timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)
    said = SAID | {"restored_at": f"{there:%Y-%m-%dT%H:%M}"}
    assert client.post(path(inquiry), said).status_code == 302
    assert Estimate.objects.get().restored_at == there
    told = Interaction.objects.get(automatic="notice_estimate")
    assert f"{there:%H:%M}" in told.text
    assert "By three" not in told.text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"answer": "  "}, "Write something first."),
        ({"name": ""}, "Write your name"),
        ({"restored_at": "soon"}, "Write the time as 2026-12-31 09:30."),
        ({"restored_at": "2020-01-01T10:00"}, "That time is over."),
    ],
)
def test_bad_input_keeps_what_was_typed(client: Client, inquiry, wrong, sentence):
    before = state()
    page = client.post(path(inquiry), SAID | wrong)
    assert page.status_code == 422
    assert sentence in page.text
    for name, value in (SAID | wrong).items():
        if value.strip():
            assert value in page.text, name
    assert state() == before


def test_time_that_the_clock_skips_is_answered_with_a_proposal(client: Client, inquiry, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    page = client.post(path(inquiry), SAID | {"restored_at": "2027-03-28T02:30"})
    assert page.status_code == 422
    assert "Choose 2027-03-28 03:30" in page.text


def dead_links(inquiry: Inquiry) -> dict[str, str]:
    key, serial = inquiry.pk, inquiry.serial
    soon, past = (timezone.now() + timedelta(days=days) for days in (1, -1))
    good = links.make("inquiry", key, serial=serial, until=soon)
    return {
        "forged": good[:-2] + ("aa" if good[-2:] != "aa" else "bb"),
        "expired": links.make("inquiry", key, serial=serial, until=past),
        "turned": links.make("inquiry", key, serial=serial + 1, until=soon),
        "another purpose": links.make("status", key, serial=serial, until=soon),
        "nobody's": links.make("inquiry", 999_999, serial=serial, until=soon),
        "no token": "x",
        "too long": "x" * 1000,
    }


@pytest.mark.parametrize("method", ["get", "post"])
def test_link_that_is_over_says_nothing_but_what_to_do(client: Client, inquiry, method):
    before = state()
    for name, token in dead_links(inquiry).items():
        answer = getattr(client, method)(f"/help/inquiries/{token}/", SAID)
        assert (answer.status_code, answer.headers["Location"]) == (302, OVER), name
        assert answer.content == b""
    assert state() == before
    said = client.get(OVER).text
    assert "joint" not in said
    assert "Ana" not in said


def test_withdrawn_inquiry_is_over(client: Client, inquiry, ana_agent):
    domain.withdraw_promise(promise_id=inquiry.promise_id, actor=ana_agent, reason="Solved")
    assert client.get(path(inquiry)).headers["Location"] == OVER


def test_page_speaks_chinese(inquiry):
    page = Client(headers={"Accept-Language": "zh-CN"}).get(path(inquiry)).text
    assert "请您回答一个问题" in page
    assert "When is the joint closed?" in page


def test_press_needs_a_token_of_the_page(inquiry):
    assert Client(enforce_csrf_checks=True).post(path(inquiry), SAID).status_code == 403


def test_link_stays_out_of_the_log(inquiry):
    link = path(inquiry)
    assert redact(f'"GET {link} HTTP/1.1" 200') == '"GET /help/inquiries/…/ HTTP/1.1" 200'
