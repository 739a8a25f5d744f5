from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from apps.cases.models import Case, Interaction
from apps.channels.domain import restraint
from apps.channels.domain.accounts import save_account
from apps.channels.domain.composing import compose
from apps.channels.driver import BadSetting, Party
from apps.channels.forms import AccountForm
from apps.channels.mail import composing as wire
from apps.channels.models import Delivery
from tests.hardening.post import office, raw, take

__all__ = ["office"]
SUNDAY = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _receipts(office, time_machine):
    time_machine.move_to(SUNDAY, tick=False)
    office.options = {"acknowledge": "1"}
    office.outgoing = "smtp://localhost:2525"
    office.save()


def question(number=1, *, sender="Cleo <cleo@example.org>", **headers):
    return raw("It flickers.", From=sender, Message_ID=f"<q{number}@example.org>", **headers)


def answers():
    return list(Delivery.objects.filter(automatic=True).order_by("pk"))


def test_new_case_is_acknowledged_with_its_number(office):
    result = take(office, question(Subject="The lamp"))
    (delivery,) = answers()
    message = compose(delivery)
    assert message.subject.startswith("Re: The lamp [CC-")
    assert message.text.startswith("Dear Cleo,\n\nwe have received your message and keep it as")
    assert result.case in message.text
    headers = wire.compose(office.as_view(), message)
    assert b"\r\nAuto-Submitted: auto-replied\r\n" in headers
    assert b"\r\nIn-Reply-To: <q1@example.org>\r\n" in headers
    case = Case.objects.by_number(result.case).get()
    assert (case.status, case.first_reply_at, case.snippet) == ("new", None, "It flickers.")
    assert case.waiting_since is not None


def test_receipt_is_in_the_language_of_the_message(office):
    take(office, raw("您好，灯一直在闪，请帮我看看。", Message_ID="<z1@example.org>"))
    (delivery,) = answers()
    assert Case.objects.get().customer.language == "zh-hans"
    assert "我们" in delivery.interaction.text


@pytest.mark.parametrize(
    ("name", "subject", "greeting", "answered"),
    [
        ("Win http://evil.example", "FREE http://evil.example/x", "Hello,", "Your message"),
        ("evil.example", "The lamp", "Hello,", "Re: The lamp"),
        ("Cleo St. Clair", "Buy at www.evil", "Dear Cleo St. Clair,", "Your message"),
    ],
)
def test_receipt_carries_no_advertisement(office, name, subject, greeting, answered):
    take(office, raw("Now.", From=f'"{name}" <victim@example.org>', Subject=subject))
    receipt = Interaction.objects.get(automatic="acknowledgement")
    assert receipt.text.startswith(greeting)
    assert receipt.subject == answered
    assert "evil" not in f"{receipt.text}{receipt.subject}{receipt.recipients}"


def test_receipt_out_of_hours_says_when_we_answer(office):
    office.options |= {"hours": "Mon-Fri 09:00-18:00", "timezone": "Asia/Shanghai"}
    office.save()
    take(office, question())
    (delivery,) = answers()
    assert "Monday 23 November, 09:00 (Asia/Shanghai)" in delivery.interaction.text


def test_receipts_are_off_unless_switched_on(office):
    office.options = {}
    office.save()
    take(office, question())
    assert answers() == []


def test_storm_of_one_sender_gets_one_answer_an_hour(office, time_machine):
    for number in range(20):
        take(office, question(number))
    assert len(answers()) == 1
    assert Case.objects.count() == 20
    time_machine.shift(timedelta(minutes=61))
    take(office, question(21))
    assert len(answers()) == 2


def test_batch_of_one_sender_gets_one_answer(office):
    from apps.channels import domain

    domain.receive_many(office, [question(n) for n in range(5)], "message/rfc822")
    assert len(answers()) == 1


def test_loop_with_a_machine_in_disguise_ends(office, time_machine):
    """Their robot answers each of our receipts an hour later, as a person's new mail."""
    for number in range(12):
        take(office, question(number))
        time_machine.shift(timedelta(minutes=61))
    assert len(answers()) <= 5
    assert Case.objects.count() == 12


def test_person_who_was_quiet_is_answered_again(office, time_machine):
    for number in range(6):
        take(office, question(number))
        time_machine.shift(timedelta(minutes=61))
    before = len(answers())
    time_machine.shift(timedelta(hours=13))
    take(office, question(9))
    assert len(answers()) == before + 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Auto_Response_Suppress": "OOF"},
        {"List_Id": "<news.example.org>"},
        {"Return_Path": "<>"},
        {"X_Autoreply": "yes"},
        {"sender": "MAILER-DAEMON@example.org"},
        {"sender": "no-reply@shop.example.org"},
        {"sender": "owner-list@example.org"},
        {"sender": "support+cc1-aaaaaaaaaaaaaaaa@example.com"},
    ],
)
def test_machines_are_never_answered(office, headers):
    result = take(office, question(**headers))
    assert result.state == "accepted"
    assert answers() == []


def test_list_unsubscribe_alone_is_a_persons_mail(office):
    take(office, question(List_Unsubscribe="<mailto:off@example.org>"))
    assert len(answers()) == 1


def test_mail_of_days_ago_gets_no_receipt(office):
    take(office, question(Date="Mon, 16 Nov 2026 10:00:00 +0800"))
    assert answers() == []


def test_answer_in_a_thread_gets_no_receipt(office, time_machine):
    take(office, question())
    time_machine.shift(timedelta(hours=2))
    take(office, question(2, In_Reply_To="<q1@example.org>"))
    assert len(answers()) == 1


@pytest.mark.parametrize("headers", [{}, {"Message_ID": "<rewritten@relay.example.org>"}])
def test_own_notice_that_comes_back_is_ignored_by_name(office, headers):
    take(office, question())
    message = wire.compose(office.as_view(), compose(answers()[0]))
    if headers:
        head, _, rest = message.partition(b"Message-ID: ")
        message = (
            head + b"Message-ID: <rewritten@relay.example.org>\r\n" + rest.partition(b"\r\n")[2]
        )
    result = take(office, message)
    assert result.state == "ignored"
    assert Interaction.objects.filter(direction="inbound").count() == 1


def test_one_of_many_callers_may_answer():
    cleo = Party("email", "cleo@example.org")
    assert [restraint.may_answer(cleo, at=SUNDAY) for _ in range(3)] == [True, False, False]


def test_account_command_checks_hours(office):
    account, _created = save_account(
        channel="mail", name="support", values={"hours": "Mon 09:00-10:00", "acknowledge": "no"}
    )
    assert account.options["hours"] == "Mon 09:00-10:00"
    assert account.options["acknowledge"] == "0"
    for values in ({"hours": "always"}, {"timezone": "Mars/Crater"}, {"acknowledge": "maybe"}):
        with pytest.raises(BadSetting):
            save_account(channel="mail", name="support", values=values)


def test_form_of_the_account_keeps_and_checks_its_options(office):
    data = {"channel": "email", "name": "support", "address": office.address}
    form = AccountForm({**data, "hours": "sometimes"}, instance=office)
    assert not form.is_valid()
    assert "hours" in form.errors
    form = AccountForm({**data, "hours": "Mon 09:00-10:00", "acknowledge": "on"}, instance=office)
    assert form.is_valid(), form.errors
    assert form.settings()["acknowledge"] == "1"
    assert form.settings()["hours"] == "Mon 09:00-10:00"
