"""A mail comes in by the pipe, is answered by real SMTP, and the answer to that comes back."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from apps.cases.domain import close_case
from apps.cases.models import Case
from apps.channels import domain
from apps.channels.domain.accounts import save_account
from apps.channels.models import Delivery

RFC822 = "message/rfc822"


@pytest.fixture
def support(lamps, smtp_relay):
    account, _created = save_account(
        channel="mail",
        name="support",
        values={
            "address": "help@example.com",
            "outgoing": smtp_relay.url,
            "team": "Lamps",
            "default": "1",
        },
    )
    return account


def mail(sender: str = "Cleo <cleo@example.org>", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = sender, headers.pop("To", "help@example.com")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("台灯坏了。\nThe lamp broke.\n")
    return message.as_bytes()


def take_in(account, raw):
    return domain.receive(account, raw, RFC822)


def test_mail_is_answered_and_the_answer_comes_back(support, smtp_relay, ana_agent):
    first = take_in(support, mail(Subject="Lamp", Message_ID="<q1@example.org>"))
    case = Case.objects.by_number(first.case).get()
    reply = domain.reply(case_id=case.pk, actor=ana_agent, text="哪一盏？")
    assert domain.deliver(reply.delivery.pk)
    (received,) = smtp_relay.received
    sent = received.message
    assert received.recipients == ("cleo@example.org",)
    assert sent["Message-ID"] == f"<{reply.delivery.message_id}>"
    assert sent["In-Reply-To"] == "<q1@example.org>"
    assert sent["References"] == "<q1@example.org>"
    assert sent["Subject"].startswith(f"Re: Lamp [{case.number}.")
    assert sent["Reply-To"].addresses[0].addr_spec == reply.delivery.reply_to
    assert sent["Auto-Submitted"] is None
    assert "哪一盏？" in sent.get_body().get_content()

    answers = {
        "headers": mail(In_Reply_To=str(sent["Message-ID"])),
        "address": mail(To=str(sent["Reply-To"])),
        "subject": mail(Subject=str(sent["Subject"])),
    }
    for answer in answers.values():
        assert take_in(support, answer).case == case.number
    stranger = mail("mallory@example.org", In_Reply_To=str(sent["Message-ID"]))
    assert take_in(support, stranger).case != case.number
    assert take_in(support, mail(Subject="Lamp", Message_ID="<q2@example.org>")).case != case.number
    assert take_in(support, answers["headers"]).duplicate
    back = take_in(support, received.raw)
    assert (back.state, back.case) == ("ignored", None)


def test_user_that_does_not_exist_makes_work(support, ana_agent):
    first = take_in(support, mail("550@example.org", Subject="Lamp"))
    case = Case.objects.by_number(first.case).get()
    reply = domain.reply(case_id=case.pk, actor=ana_agent, text="x")
    domain.deliver(reply.delivery.pk)
    (trouble,) = Delivery.objects.in_trouble()
    assert (trouble.state, trouble.attempts) == ("failed", 1)
    assert "550 5.1.1 no such user" in trouble.detail


def test_server_that_is_away_is_named_and_the_message_waits(support, smtp_relay, ana_agent):
    save_account(channel="mail", name="support", values={"outgoing": "smtp://127.0.0.1:1"})
    first = take_in(support, mail(Subject="Lamp"))
    case = Case.objects.by_number(first.case).get()
    reply = domain.reply(case_id=case.pk, actor=ana_agent, text="x")
    domain.deliver(reply.delivery.pk)
    reply.delivery.refresh_from_db()
    support.refresh_from_db()
    assert (reply.delivery.state, reply.delivery.unreachable) == ("queued", True)
    assert "127.0.0.1:1" in support.last_error
    assert support.unreachable_since is not None


def test_closing_notice_says_that_a_machine_wrote_it(support, smtp_relay, ana_agent):
    first = take_in(support, mail(Subject="Lamp"))
    case = Case.objects.by_number(first.case).get()
    close_case(case_id=case.pk, actor=ana_agent)
    domain.deliver(Delivery.objects.get().pk)
    notice = smtp_relay.received[0].message
    assert notice["Auto-Submitted"] == "auto-generated"
