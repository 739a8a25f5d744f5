"""What is wrong with a mailbox is said where it is looked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.channels.domain import collecting
from apps.channels.mail import checks
from apps.channels.mail.models import MailboxState
from tests.channels.mail.imap import fetch, make_account, make_mail, taken
from tests.services.imap import ImapServer, running_imap

pytestmark = pytest.mark.django_db


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with running_imap() as running:
        yield running


def test_check_finds_what_is_wrong_and_fetches_nothing(server):
    server.deliver(make_mail())
    account = make_account(server.url)
    assert collecting.check_incoming(account) == ""
    assert taken(account) == []
    account.incoming = server.url.replace("secret", "wrong")
    assert "Check user and password" in collecting.check_incoming(account)
    account.incoming = ""
    assert collecting.check_incoming(account) == ""


def test_doctor_names_mailboxes_that_cannot_be_read(server):
    account = make_account(server.url.replace("secret", "wrong"))
    fetch(account)
    assert list(checks.find_mailbox_faults()) == []  # one fault may pass by itself
    MailboxState.objects.update(retry_at=None)
    fetch(account)
    (fault,) = checks.find_mailbox_faults()
    assert fault.startswith("Email/support: The mail server refused the log-in")


def test_doctor_names_mailboxes_that_nobody_reads(server):
    account = make_account(server.url)
    fetch(account)
    assert list(checks.find_mailbox_faults()) == []
    MailboxState.objects.update(last_success_at=timezone.now() - timedelta(minutes=16))
    (fault,) = checks.find_mailbox_faults()
    assert "run mailwatch" in fault
    account.is_enabled = False
    account.save()
    assert list(checks.find_mailbox_faults()) == []


def test_doctor_counts_mails_that_were_left(server):
    server.deliver(b"")
    fetch(make_account(server.url))
    assert list(checks.find_refused_mails()) == [
        "support: 1 mail could not be fetched; see Mails in mailboxes."
    ]
