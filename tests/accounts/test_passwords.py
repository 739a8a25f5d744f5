"""Forgotten passwords."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts import domain
from apps.accounts.models import PasswordRequest
from apps.channels.models import SystemMail

NEW = {"password1": "correct-horse-7", "password2": "correct-horse-7"}


@pytest.fixture(autouse=True)
def _no_limits_of_other_tests():
    cache.clear()


@pytest.fixture
def ana(ana_agent):
    ana_agent.email = "ana@example.org"
    ana_agent.save()
    return ana_agent


def ask(client, email="ana@example.org", **extra):
    return client.post(reverse("account_reset_password"), {"email": email}, **extra)


def choose(client, link, **values):
    page = client.get(link, follow=True)
    action = page.context["action_url"]
    return client.post(action, NEW | values)


def test_link_sets_a_new_password(client, ana, newest_link):
    ask(client)
    assert domain.answer_password_requests() == 1
    assert choose(client, newest_link()).status_code == 302
    ana.refresh_from_db()
    assert ana.check_password("correct-horse-7")
    assert client.login(username="ana", password="correct-horse-7")


def test_answer_is_the_same_for_every_address(client, ana, mailbox):
    """Same text, and the same work: one row, whoever asks."""
    seen = []
    for email in ("ana@example.org", "nobody@example.org"):
        with CaptureQueriesContext(connection) as asked:
            answer = ask(Client(), email)
        page = client.get(answer.url)
        words = [query["sql"].split()[0] for query in asked]
        seen.append((answer.status_code, answer.url, words, page.status_code))
    assert seen[0] == seen[1]
    assert domain.answer_password_requests() == 1
    assert SystemMail.objects.count() == 1


def test_host_header_has_no_word(client, ana, newest_link, settings):
    settings.ALLOWED_HOSTS = ["*"]
    ask(client, headers={"host": "evil.example"})
    domain.answer_password_requests()
    text = SystemMail.objects.get().text
    assert "evil.example" not in text
    assert settings.BASE_URL in text


def test_link_works_once_and_dies_with_time(client, ana, newest_link):
    ask(client)
    domain.answer_password_requests()
    link = newest_link()
    with time_machine.travel(timezone.localtime() + timedelta(hours=4, minutes=1)):
        assert "no longer works" in Client().get(link, follow=True).content.decode()
    choose(client, link)
    assert "no longer works" in Client().get(link, follow=True).content.decode()


def test_sessions_end_with_the_old_password(client, ana, newest_link):
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    elsewhere.post(reverse("account_login"), {"login": "ana", "password": "demo"})
    assert elsewhere.get(reverse("desk:inbox")).status_code == 200
    ask(client)
    domain.answer_password_requests()
    choose(client, newest_link())
    assert elsewhere.get(reverse("desk:inbox")).status_code == 302


def test_changed_password_keeps_this_browser_and_ends_the_others(client, ana):
    for one in (client, elsewhere := Client()):
        one.post(reverse("account_login"), {"login": "ana", "password": "demo"})
    values = NEW | {"oldpassword": "demo"}
    assert client.post(reverse("account_change_password"), values).status_code == 302
    assert client.get(reverse("desk:inbox")).status_code == 200
    assert elsewhere.get(reverse("desk:inbox")).status_code == 302


@pytest.mark.parametrize("why", ["inactive", "without a password"])
def test_who_may_not_log_in_by_password_gets_no_link(client, ana, mailbox, why):
    if why == "inactive":
        ana.is_active = False
    else:
        ana.set_unusable_password()
    ana.save()
    ask(client)
    assert domain.answer_password_requests() == 0


def test_fetching_the_link_changes_nothing(client, ana, newest_link):
    ask(client)
    domain.answer_password_requests()
    before = ana.password
    Client().get(newest_link(), follow=True)
    ana.refresh_from_db()
    assert ana.password == before
    assert choose(client, newest_link()).status_code == 302


def test_requests_wait_for_a_mail_account_and_are_forgotten(client, ana, db):
    ask(client)
    assert domain.answer_password_requests() == 0
    assert PasswordRequest.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1)):
        domain.answer_password_requests()
    assert not PasswordRequest.objects.exists()


def test_one_address_is_asked_for_five_times_an_hour_at_most(ana, mailbox):
    codes = [ask(Client(REMOTE_ADDR=f"192.0.2.{i}")).status_code for i in range(6)]
    assert codes == [302] * 5 + [429]


def test_mail_is_in_the_persons_language(client, ana, mailbox):
    ana.language = "zh-hans"
    ana.save()
    ask(client)
    domain.answer_password_requests()
    assert SystemMail.objects.get().delivery.recipients == [
        {"kind": "email", "value": "ana@example.org", "name": "Ana"}
    ]
