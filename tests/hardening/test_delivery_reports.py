from __future__ import annotations

import pytest

from apps.cases.models import Case, Interaction
from apps.channels import domain, tokens
from apps.channels.domain import outcomes
from apps.channels.driver import Receipt
from apps.channels.enums import DeliveryState
from apps.channels.models import Delivery
from apps.customers.models import Customer, Identity
from tests.hardening.hostile import CLASSES
from tests.hardening.post import office, raw, sent_answer, take

__all__ = ["office"]
CLEO = "cleo@example.org"
REPORT = 'multipart/report; report-type=delivery-status; boundary="b"'


def dsn(
    message_id, *, address=CLEO, action="failed", status="5.1.1", code="550 5.1.1 No such user"
):
    body = (
        "--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {code}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{message_id}>\r\n--b--\r\n"
    )
    return raw(
        body,
        From="MAILER-DAEMON@mx.example.org",
        Content_Type=REPORT,
        Message_ID="<r1@mx.example.org>",
    )


POSTFIX = """This is the mail system at host mx.example.org.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<cleo@example.org>: host mail.example.org[192.0.2.25] said: 550 5.1.1
    <cleo@example.org>: Recipient address rejected: User unknown in local table
"""
EXIM = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  cleo@example.org
    host mx.example.org [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<cleo@example.org>:
    550 5.1.1 no such user here
"""
QMAIL = """Hi. This is the qmail-send program at example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<cleo@example.org>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.
"""
EXCHANGE = """Delivery has failed to these recipients or groups:

cleo@example.org
The email address you entered couldn't be found. Please check the address.

Diagnostic information for administrators:
cleo@example.org
Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found'
"""
NETEASE = """抱歉,您的邮件被退回来了……
原邮件信息: 收件人 cleo@example.org
退信原因: 收件人邮件地址（cleo@example.org）不存在，邮件无法送达。
英文说明: SMTP error, RCPT TO: 550 User not found: cleo@example.org
"""
QQ = """您发往 cleo@example.org 的邮件被退信
退信原因：收件人邮箱账号不存在，无法送达
host mx3.qq.com said: 550 Mailbox not found. http://service.mail.qq.com/
"""


@pytest.fixture
def answer(office, ana_agent) -> Delivery:
    return sent_answer(office, ana_agent)


def state_of(delivery):
    delivery.refresh_from_db()
    return delivery.state


def test_failed_message_bounces_where_it_stands(office, answer, ana_agent):
    people = Customer.objects.count()
    result = take(office, dsn(answer.message_id))
    assert (result.state, result.case) == ("accepted", answer.interaction.case.number)
    assert state_of(answer) == DeliveryState.BOUNCED
    assert answer.detail == f"Came back from {CLEO}: 550 5.1.1 No such user"
    assert answer in Delivery.objects.visible_to(ana_agent).in_trouble()
    report = Interaction.objects.get(pk=result.interaction)
    assert (report.automatic, report.direction) == ("delivery_report", "inbound")
    case = Case.objects.get(pk=report.case_id)
    assert (case.status, case.waiting_since is None) == ("open", False)
    assert Customer.objects.count() == people


def test_address_is_marked_until_somebody_writes_from_it(office, answer):
    take(office, dsn(answer.message_id))
    identity = Identity.objects.get(value=CLEO)
    assert identity.bad_since is not None
    assert identity.bad_reason == "550 5.1.1 No such user"
    take(office, raw("I am back.", Message_ID="<q2@example.org>"))
    identity.refresh_from_db()
    assert (identity.bad_since, identity.bad_reason) == (None, "")


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "4.4.7", "5.3.4"])
def test_full_or_refusing_mailbox_is_not_marked(office, answer, status):
    take(office, dsn(answer.message_id, status=status, code=f"550 {status} not now"))
    assert state_of(answer) == DeliveryState.BOUNCED
    assert Identity.objects.get(value=CLEO).bad_since is None


def test_delay_is_only_noted(office, answer):
    result = take(
        office, dsn(answer.message_id, action="delayed", status="4.4.1", code="450 later")
    )
    assert result.case == answer.interaction.case.number
    assert state_of(answer) == DeliveryState.SENT
    assert "keeps trying" in answer.detail
    assert Identity.objects.get(value=CLEO).bad_since is None


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("5.7.1", "554 5.7.1 <cleo@example.org>: Recipient address rejected: Access denied"),
        ("5.7.23", "550 5.7.23 Recipient address rejected: Message rejected due to SPF"),
        ("5.2.2", "552 5.2.2 Recipient address rejected: mailbox full"),
    ],
)
def test_refusal_by_policy_leaves_the_address_good(office, answer, status, code):
    take(office, dsn(answer.message_id, status=status, code=code))
    assert state_of(answer) == DeliveryState.BOUNCED
    assert Identity.objects.get(value=CLEO).bad_since is None


@pytest.mark.parametrize("letter", [POSTFIX, EXIM, QMAIL, EXCHANGE, NETEASE, QQ])
def test_plain_letter_of_a_server_is_understood(office, answer, letter):
    body = f"{letter}\r\nReceived: from x\r\nMessage-ID: <{answer.message_id}>\r\nTo: {CLEO}\r\n"
    mail = raw(
        body,
        From="Mail Delivery System <PostMaster@mx.example.org>",
        Subject="Undelivered Mail Returned to Sender",
        Content_Type="text/plain; charset=utf-8",
    )
    assert take(office, mail).case == answer.interaction.case.number
    assert state_of(answer) == DeliveryState.BOUNCED
    assert Identity.objects.get(value=CLEO).bad_since is not None


@pytest.mark.parametrize("forge", ["unsigned", "never_sent"])
def test_forged_report_changes_nothing(office, answer, forge):
    ids = {"unsigned": "cc.abc.def@example.com", "never_sent": tokens.new_message_id("example.com")}
    result = take(office, dsn(ids[forge]))
    assert state_of(answer) == DeliveryState.SENT
    assert Identity.objects.get(value=CLEO).bad_since is None
    assert result.case != answer.interaction.case.number


def test_report_marks_nobody_to_whom_the_message_did_not_go(office, answer):
    Identity.objects.create(
        customer=Customer.objects.create(name="Dan"), kind="email", value="dan@example.org"
    )
    take(office, dsn(answer.message_id, address="dan@example.org"))
    assert Identity.objects.get(value="dan@example.org").bad_since is None
    assert Identity.objects.get(value=CLEO).bad_since is None


def test_report_of_one_copy_leaves_the_case_answered(office, ana_agent):
    delivery = sent_answer(office, ana_agent, cc=["dan@example.org"])
    take(office, dsn(delivery.message_id, address="dan@example.org"))
    assert state_of(delivery) == DeliveryState.BOUNCED
    assert delivery.remaining == ["dan@example.org"]
    assert Case.objects.get(pk=delivery.interaction.case_id).status == "waiting"


def test_report_that_overtakes_the_worker_is_not_lost(office, answer):
    lease = {"state": DeliveryState.SENDING, "lease_token": "t"}
    Delivery.objects.filter(pk=answer.pk).update(**lease)
    answer.refresh_from_db()
    take(office, dsn(answer.message_id))
    assert state_of(answer) == DeliveryState.SENDING
    outcomes.sent(answer, "t", Receipt("250 ok"))
    assert state_of(answer) == DeliveryState.BOUNCED


@pytest.mark.parametrize("name", CLASSES["reports"])
def test_hostile_report_changes_no_delivery(office, answer, name):
    take(office, CLASSES["reports"][name])
    assert state_of(answer) == DeliveryState.SENT
    assert Identity.objects.get(value=CLEO).bad_since is None


def test_report_of_a_stranger_that_names_our_id_opens_no_case_to_them(office, answer):
    """Who has read an id of ours can send a report: it joins as one and tells them nothing."""
    before = answer.interaction.case.interactions.count()
    result = take(office, dsn(answer.message_id, address="eve@evil.example"))
    report = Interaction.objects.get(pk=result.interaction)
    assert (report.automatic, report.author) == ("delivery_report", None)
    assert answer.interaction.case.interactions.count() == before + 1
    assert not Delivery.objects.filter(automatic=True).exists()


def test_report_that_a_person_sent_changes_nothing(office, answer):
    """Whoever was in copy has read an id of ours; a server's reports come from a server."""
    report = dsn(answer.message_id).replace(b"MAILER-DAEMON@mx.example.org", b"eve@evil.example")
    report = b"Return-Path: <eve@evil.example>\r\n" + report
    result = take(office, report)
    assert state_of(answer) == DeliveryState.SENT
    assert Identity.objects.get(value=CLEO).bad_since is None
    assert result.case != answer.interaction.case.number


def test_report_of_a_forwarded_address_fails_the_message_and_marks_nobody(office, answer):
    """Their mailbox hands on to another that is gone: they did not get it, and are still there."""
    take(office, dsn(answer.message_id, address="cleo@elsewhere.example"))
    assert state_of(answer) == DeliveryState.BOUNCED
    assert Identity.objects.get(value=CLEO).bad_since is None


def test_report_is_for_agents_alone(office, answer):
    result = take(office, dsn(answer.message_id))
    assert Interaction.objects.get(pk=result.interaction).visibility == "internal"


def test_same_report_twice_is_one(office, answer):
    take(office, dsn(answer.message_id))
    again = take(office, dsn(answer.message_id).replace(b"Sorry.", b"Sorry!"))
    assert again.state == "ignored"
    assert answer.interaction.case.interactions.filter(automatic="delivery_report").count() == 1


def test_read_receipt_is_no_bounce(office, answer):
    receipt = dsn(answer.message_id).replace(b"delivery-status", b"disposition-notification")
    take(office, receipt)
    assert state_of(answer) == DeliveryState.SENT


def test_retry_after_a_bounce_reaches_only_who_missed_it(office, ana_agent):
    delivery = sent_answer(office, ana_agent, cc=["dan@example.org"])
    take(office, dsn(delivery.message_id, address="dan@example.org"))
    domain.retry_delivery(delivery_id=delivery.pk, actor=ana_agent)
    assert state_of(delivery) == DeliveryState.QUEUED
    assert delivery.remaining == ["dan@example.org"]
