"""One-time codes: the answer never says whether there is such a request."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.channels.models import Account, SystemMail
from apps.customers.models import Identity
from apps.helpcentre.domain import codes
from apps.helpcentre.errors import WrongCode
from apps.helpcentre.models import CodeRequest
from tests.cast import make_case, make_customer
from tests.helpcentre.conftest import ask, page_of, sent_code

pytestmark = pytest.mark.usefixtures("mailbox")
ADDRESS = "cleo@example.org"


def bare(answer):
    """The page without what differs anyway."""
    text = answer.content.decode()
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
    return re.sub(r'value="[^"]*"', "", text)


@pytest.mark.parametrize("number", ["CC-{0:06d}", "{0}", "cc {0}", " CC-{0:09d} "])
@pytest.mark.parametrize("address", [ADDRESS, " CLEO@Example.org "])
def test_code_lets_the_customer_in(cleo_case, browser, number, address):
    other = make_case(cleo_case.customer, subject="The lamp hums")
    assert ask(browser, number.format(cleo_case.pk), address).headers["Location"] == "/help/code/"
    answer = browser.post("/help/code/", {"code": sent_code()}, follow=True)
    shown = answer.content.decode()
    assert "The lamp flickers" in shown
    assert "The lamp hums" in shown
    assert browser.get(page_of(other)).status_code == 200
    assert SystemMail.objects.get().address == ADDRESS


def test_code_for_a_phone_number_goes_to_the_customers_mail(cleo_case, browser):
    Identity.objects.create(customer=cleo_case.customer, kind="phone", value="+8613800138000")
    ask(browser, cleo_case.number, "138 0013 8000")
    assert browser.post("/help/code/", {"code": sent_code()}).status_code == 302
    assert SystemMail.objects.get().address == ADDRESS


def test_only_a_hash_of_the_code_is_kept(cleo_case, browser):
    ask(browser, cleo_case.number, ADDRESS)
    code = sent_code()
    row = CodeRequest.objects.get()
    assert code.replace(" ", "") not in str(vars(row))
    assert row.code_hash == codes.hash_code(row.pk, code)


def guesses(case):
    """What may be typed: the customer's own, somebody else's, and nobody's."""
    return {
        "own": (case.number, ADDRESS),
        "other's": (case.number, "zoe@example.org"),
        "unknown": (case.number, "nobody@example.org"),
        "no case": ("CC-999999", ADDRESS),
        "phone": (case.number, "+8613900139000"),
    }


def test_answer_is_the_same_whatever_exists(cleo_case, browser):
    make_customer("Zoe", email="zoe@example.org")
    answers, counts = {}, {}
    for why, (number, address) in guesses(cleo_case).items():
        browser = Client()
        with CaptureQueriesContext(connection) as asked:
            first = ask(browser, number, address)
        said = list(asked)
        page = browser.get("/help/code/")
        sent_code()
        with CaptureQueriesContext(connection) as tried:
            wrong = browser.post("/help/code/", {"code": "1234 5678"})
        answers[why] = (
            first.status_code,
            first.headers["Location"],
            page.status_code,
            bare(page),
            wrong.status_code,
            bare(wrong),
        )
        shapes = [re.sub(r"'[^']*'|\d+", "?", one["sql"]) for one in (*said, *tried)]
        counts[why] = [shape.split(" WHERE")[0] for shape in shapes]
    assert len({*answers.values()}) == 1
    assert len({tuple(one) for one in counts.values()}) == 1
    assert SystemMail.objects.count() == 1


@pytest.mark.parametrize(
    "address", ["no-reply@example.org", "mailer-daemon@example.org", "support@lamps.example"]
)
def test_no_code_goes_to_a_machine_or_to_ourselves(browser, address):
    case = make_case(make_customer("Robot", email=address))
    ask(browser, case.number, address)
    assert sent_code() == ""


def test_no_code_goes_to_an_address_that_returned_our_mail(cleo_case, browser):
    Identity.objects.filter(value=ADDRESS).update(bad_since=timezone.now())
    ask(browser, cleo_case.number, ADDRESS)
    assert sent_code() == ""


def test_code_works_once_and_in_its_own_browser(cleo_case, browser):
    ask(browser, cleo_case.number, ADDRESS)
    code = sent_code()
    elsewhere = Client()
    ask(elsewhere, cleo_case.number, ADDRESS)
    assert elsewhere.post("/help/code/", {"code": code}).status_code == 422
    asked = browser.cookies["visit-code"].value
    assert browser.post("/help/code/", {"code": code}).status_code == 302
    again = Client()
    again.cookies["visit-code"] = asked
    assert again.post("/help/code/", {"code": code}).status_code == 422


def test_code_expires_after_fifteen_minutes(cleo_case, browser, time_machine):
    time_machine.move_to(timezone.now())
    ask(browser, cleo_case.number, ADDRESS)
    code, row = sent_code(), CodeRequest.objects.get()
    time_machine.shift(timedelta(minutes=15, seconds=1))
    with pytest.raises(WrongCode):
        codes.try_code(request_id=row.pk, code=code)
    assert browser.get("/help/code/").status_code == 302


def test_five_wrong_tries_end_a_code(cleo_case, browser):
    ask(browser, cleo_case.number, ADDRESS)
    code = sent_code()
    wrong = "0000 0000" if code != "0000 0000" else "1111 1111"
    for _time in range(5):
        assert browser.post("/help/code/", {"code": wrong}).status_code == 422
    assert browser.post("/help/code/", {"code": code}).status_code == 422
    assert "visit" not in browser.cookies


def test_empty_hash_is_no_code(cleo_case, browser):
    ask(browser, "CC-999999", ADDRESS)
    assert sent_code() == ""
    row = CodeRequest.objects.get()
    for code in ("", "-", row.code_hash):
        with pytest.raises(WrongCode):
            codes.try_code(request_id=row.pk, code=code)


def test_codes_are_limited_for_an_address_and_from_a_place(cleo_case):
    statuses = [
        ask(Client(), cleo_case.number, ADDRESS, REMOTE_ADDR=f"10.0.0.{one}").status_code
        for one in range(codes.PER_ADDRESS + 1)
    ]
    assert statuses == [302] * codes.PER_ADDRESS + [429]
    # and it is the same for an address that nobody has
    statuses = [
        ask(Client(), cleo_case.number, "nobody@x.example", REMOTE_ADDR=f"10.0.1.{one}").status_code
        for one in range(codes.PER_ADDRESS + 1)
    ]
    assert statuses == [302] * codes.PER_ADDRESS + [429]
    many = [
        ask(Client(), "1", f"u{one}@x.example", REMOTE_ADDR="10.9.9.9").status_code
        for one in range(codes.PER_PLACE + 1)
    ]
    assert many == [302] * codes.PER_PLACE + [429]


def test_limit_is_over_after_an_hour(cleo_case, browser, time_machine):
    time_machine.move_to(timezone.now())
    for _time in range(codes.PER_ADDRESS + 1):
        answer = ask(browser, cleo_case.number, ADDRESS)
    assert answer.status_code == 429
    assert ADDRESS in answer.content.decode()  # what was typed is kept
    time_machine.shift(timedelta(minutes=61))
    assert ask(browser, cleo_case.number, ADDRESS).status_code == 302


def test_codes_wait_while_no_mail_can_leave(cleo_case, browser):
    Account.objects.update(is_default=False)
    ask(browser, cleo_case.number, ADDRESS)
    assert sent_code() == ""
    assert CodeRequest.objects.get().answered_at is None
    Account.objects.update(is_default=True)
    assert sent_code()


def test_two_workers_send_one_code(cleo_case, browser):
    ask(browser, cleo_case.number, ADDRESS)
    row = CodeRequest.objects.get()
    assert [codes._answer(row, timezone.now()) for _worker in range(2)] == [1, 0]


@pytest.mark.parametrize(
    ("number", "address"),
    [("", ADDRESS), ("abc", ADDRESS), ("CC-1", ""), ("CC-1", "not an address"), ("CC-1", "a@b")],
)
def test_what_cannot_be_read_comes_back_with_a_sentence(browser, number, address):
    answer = ask(browser, number, address)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not CodeRequest.objects.exists()


def test_old_requests_are_forgotten(cleo_case, browser):
    ask(browser, cleo_case.number, ADDRESS)
    codes.forget_old(at=timezone.now())
    assert CodeRequest.objects.count() == 1
    codes.forget_old(at=timezone.now() + codes.KEPT)
    assert CodeRequest.objects.count() == 0
