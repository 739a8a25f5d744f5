"""What a mailbox names and does not give: said, and in nobody's way."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import pytest

from apps.channels.domain.collecting import Door
from apps.channels.mail.enums import Fate
from apps.channels.mail.mailbox.watching import Watcher
from apps.channels.mail.models import LedgerEntry
from tests.channels.mail.imap import fetch, health, make_account, make_mail, taken
from tests.services import imap_session
from tests.services.imap import ImapServer, running_imap

pytestmark = pytest.mark.django_db


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with running_imap() as running:
        yield running


@pytest.mark.parametrize("answer", [b"* %d FETCH (UID %d BODY[] NIL)", b""])
def test_mail_that_the_server_does_not_give_is_named_and_stops_nobody(server, monkeypatch, answer):
    given = imap_session.Session.body

    async def body(session, number, mail):
        if mail.uid != 2:
            await given(session, number, mail)
        elif answer:
            await session.say(answer % (number, mail.uid))

    monkeypatch.setattr(imap_session.Session, "body", body)
    for number in range(3):
        server.deliver(make_mail(number))
    account = make_account(server.url)
    watcher = Watcher(account.as_view(), Door("email"), Event())
    for _turn in range(3):
        watcher.fetch()
    assert taken(account) == [make_mail(0), make_mail(2)]
    assert LedgerEntry.objects.get(uid=2).fate == Fate.REFUSED


def test_mail_that_the_server_cannot_list_stops_nobody(server, monkeypatch):
    given = imap_session.Session.do_fetch

    async def do_fetch(session, tag, words):
        first, _, last = words[0].partition(":")
        if any(mail.uid == 2 for mail in session.folder.mails[int(first) - 1 : int(last)]):
            return b"NO [SERVERBUG] cannot read"
        return await given(session, tag, words)

    monkeypatch.setattr(imap_session.Session, "do_fetch", do_fetch)
    for number in range(3):
        server.deliver(make_mail(number))
    account = make_account(server.url)
    fetch(account)
    assert taken(account) == [make_mail(0), make_mail(2)]
    assert "number 2" in health(account).last_error


def test_server_that_lists_nothing_is_not_asked_mail_by_mail(server, monkeypatch):
    asked = []

    async def do_fetch(session, tag, words):
        asked.append(words[0])
        return b"NO [UNAVAILABLE] not today"

    monkeypatch.setattr(imap_session.Session, "do_fetch", do_fetch)
    for number in range(60):
        server.deliver(make_mail(number))
    account = make_account(server.url)
    fetch(account)
    assert "not today" in health(account).last_error
    assert len(asked) < 60
