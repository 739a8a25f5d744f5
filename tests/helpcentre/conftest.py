from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Team
from apps.cases.models import Case
from apps.channels.models import Account, SystemMail
from apps.helpcentre.domain import codes, entering


@pytest.fixture
def mailbox(lamps: Team) -> Account:
    """The default mail account, by which codes leave."""
    return Account.objects.create(
        channel="email",
        name="support",
        address="support@lamps.example",
        outgoing="smtp://127.0.0.1:9",
        team=lamps,
        is_default=True,
    )


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False)


def link_to(case: Case, *, age: timedelta = timedelta()) -> str:
    """The path of a link as a mail of that age holds it."""
    signed = entering.sign(case, timezone.now() - age)
    return "/help/in/" + signed.partition("/help/in/")[2]


def page_of(case: Case) -> str:
    return reverse("helpcentre:request", args=[case.number])


def enter(browser: Client, case: Case) -> str:
    """Come by a link; returns the page's content."""
    return browser.get(link_to(case), follow=True).content.decode()


def ask(browser: Client, number: str, address: str, **extra):
    return browser.post("/help/", {"number": number, "address": address}, **extra)


def sent_code() -> str:
    """Let the worker answer; the code of the newest mail, or nothing."""
    before = SystemMail.objects.count()
    codes.answer_code_requests()
    if SystemMail.objects.count() == before:
        return ""
    found = re.search(r"\d{4} \d{4}", SystemMail.objects.latest("pk").text)
    assert found
    return found[0]


@pytest.fixture
def signed_in(mailbox: Account) -> Callable[[Case], Client]:
    def come(case: Case) -> Client:
        browser = Client(raise_request_exception=False)
        address = case.customer.identities.get(kind="email").value
        ask(browser, case.number, address)
        answer = browser.post("/help/code/", {"code": sent_code()})
        assert answer.status_code == 302
        return browser

    return come
