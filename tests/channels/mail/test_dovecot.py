"""The watcher and a real Dovecot."""

from __future__ import annotations

import uuid

import pytest

from apps.channels.mail.models import LedgerEntry
from tests.channels.mail.imap import fetch, health, make_account, make_mail, taken
from tests.services.dovecot import Dovecot

pytestmark = [pytest.mark.django_db, pytest.mark.live]


@pytest.fixture
def user(dovecot: Dovecot, monkeypatch) -> str:
    """A mailbox, empty again for every test."""
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate.certificate))
    dovecot.empty()
    return "service"


def bodies(mails: list[bytes]) -> list[bytes]:
    return sorted(mail.partition(b"\r\n\r\n")[2] for mail in mails)


@pytest.mark.parametrize("scheme", ["imap", "imap+starttls", "imaps"])
def test_mail_is_taken_in_as_it_lies_there(dovecot, user, scheme):
    dovecot.deliver(make_mail(1))
    dovecot.deliver(make_mail(2, size=300_000))
    account = make_account(dovecot.url(user, scheme))
    fetch(account)
    assert taken(account) == dovecot.mails(user)
    assert health(account).last_error == ""


def test_mail_of_25_mebibytes_is_taken_in(dovecot, user):
    dovecot.deliver(make_mail(1, size=25 << 20))
    account = make_account(dovecot.url(user, "imaps"))
    fetch(account)
    assert taken(account) == dovecot.mails(user)


def test_moved_mail_lies_in_the_other_folder(dovecot, user):
    mails = [make_mail(n) for n in range(5)]
    dovecot.deliver_many(mails)
    account = make_account(dovecot.url(user), after="move:Processed")
    fetch(account)
    assert dovecot.mails(user) == []
    assert dovecot.mails(user, "Processed") == taken(account)
    assert len(taken(account)) == 5


def test_deleted_mails_are_gone_and_those_of_others_are_not(dovecot, user):
    mails = [make_mail(n) for n in range(1200)]
    dovecot.seed(mails)
    account = make_account(dovecot.url(user), after="delete")
    fetch(account)
    assert bodies(taken(account)) == bodies(mails)
    assert dovecot.mails(user) == []


def test_kept_mail_stays_unseen(dovecot, user):
    dovecot.deliver(make_mail())
    fetch(make_account(dovecot.url(user)))
    with dovecot.box() as client:
        assert client.search(None, "UNSEEN")[1] == [b"1"]


def test_rebuilt_mailbox_loses_and_doubles_nothing(dovecot, user):
    dovecot.deliver_many([make_mail(n) for n in range(3)])
    account = make_account(dovecot.url(user))
    fetch(account)
    before = health(account).uid_validity
    dovecot.change_uidvalidity()
    dovecot.deliver(make_mail(uuid.uuid4().int % 1000 + 10))
    fetch(account)
    assert health(account).uid_validity != before
    assert sorted(taken(account)) == sorted(dovecot.mails(user))
    assert LedgerEntry.objects.count() == 4


def test_wrong_password_is_named(dovecot, user):
    account = make_account(dovecot.url(user).replace("secret", "wrong"))
    fetch(account)
    assert "Check user and password" in health(account).last_error
