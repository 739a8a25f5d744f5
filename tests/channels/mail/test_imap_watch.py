"""The watcher: at once by IDLE, one at a time, and through every fault."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from threading import Event

import pytest
from django.db import connections

from apps.channels.domain import collecting
from apps.channels.mail.mailbox import connection, ledger, settings, watching
from apps.channels.mail.mailbox.errors import LeaseLost
from apps.channels.mail.mailbox.ledger import Ledger
from apps.channels.mail.models import MailboxState
from apps.channels.models import Account
from tests.channels.mail.imap import health, make_account, make_mail, taken
from tests.services import find_free_port, wait_until
from tests.services.imap import ImapServer, running_imap

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with running_imap() as running:
        yield running


@pytest.fixture(autouse=True)
def quickly(monkeypatch):
    monkeypatch.setattr(collecting, "REFRESH_SECONDS", 0.1)
    monkeypatch.setattr(watching, "TURN_SECONDS", 0.1)
    monkeypatch.setattr(ledger, "FIRST_PAUSE", 0.1)
    monkeypatch.setattr(connection, "SLICE_SECONDS", 0.05)


class Watchers:
    """Watchers of all accounts, each as in a process of its own."""

    def __init__(self) -> None:
        self.stop = Event()
        self.threads: list[threading.Thread] = []

    def __call__(self) -> threading.Thread:
        """Start one more."""
        self.threads.append(threading.Thread(target=self.work))
        self.threads[-1].start()
        return self.threads[-1]

    def work(self) -> None:
        try:
            collecting.watch(self.stop)
        finally:
            connections.close_all()


@pytest.fixture
def start() -> Iterator[Watchers]:
    watchers = Watchers()
    yield watchers
    watchers.stop.set()
    for thread in watchers.threads:
        thread.join(20)


def has_taken(account: Account, *mails: bytes):
    return lambda: sorted(taken(account)) == sorted(mails)


def is_idle(server: ImapServer):
    return lambda: any(session.idle is not None for session in server.sessions)


def test_new_mail_is_taken_in_by_idle(server, start):
    account = make_account(server.url)
    start()
    wait_until(is_idle(server), "IDLE")
    server.deliver(make_mail(1))
    wait_until(has_taken(account, make_mail(1)), "the mail")
    wait_until(is_idle(server), "IDLE again")
    server.deliver(make_mail(2))
    wait_until(has_taken(account, make_mail(1), make_mail(2)), "the second mail")


class DeliverAtIdle(list):
    """The commands of a server; a mail arrives just as the client begins to wait."""

    def __init__(self, server: ImapServer) -> None:
        super().__init__()
        self.server = server

    def append(self, command: str) -> None:
        super().append(command)
        if command.startswith("IDLE") and not self.server.inbox.mails:
            self.server.inbox.add(make_mail())


def test_mail_that_comes_as_idle_begins_is_not_overlooked(server, start):
    server.commands = DeliverAtIdle(server)
    account = make_account(server.url)
    start()
    wait_until(has_taken(account, make_mail()), "the mail")


def test_server_without_idle_is_polled(server, start, monkeypatch):
    monkeypatch.setattr(watching, "POLL_SECONDS", 0.2)
    server.capabilities.remove("IDLE")
    account = make_account(server.url)
    start()
    wait_until(lambda: server.count("NOOP") > 1, "polling")
    server.deliver(make_mail())
    wait_until(has_taken(account, make_mail()), "the mail")


def test_idle_that_tells_nothing_is_looked_behind(server, start, monkeypatch):
    monkeypatch.setattr(watching, "IDLE_SECONDS", 0.3)
    server.silent_idle = True
    account = make_account(server.url)
    start()
    wait_until(is_idle(server), "IDLE")
    server.deliver(make_mail())
    wait_until(has_taken(account, make_mail()), "the mail")


def test_dropped_connections_are_made_again(server, start):
    server.idle_drops = 2
    account = make_account(server.url)
    start()
    wait_until(is_idle(server), "IDLE")
    server.drop_connections()
    server.deliver(make_mail())
    wait_until(has_taken(account, make_mail()), "the mail")
    wait_until(lambda: health(account).last_error == "", "health")


def test_server_that_comes_back_is_caught_up(start):
    port = find_free_port()
    url = ImapServer(port).url
    account = make_account(url)
    start()
    down = MailboxState.objects.filter(failures__gte=2).exclude(last_error="")
    wait_until(down.exists, "the fault")
    with running_imap(port) as server:
        mails = [make_mail(n) for n in range(150)]
        for mail in mails:
            server.deliver(mail)
        wait_until(has_taken(account, *mails), "all mails", seconds=30)
        wait_until(lambda: health(account).last_error == "", "health")
        start.stop.set()


def test_mailbox_that_hangs_delays_no_other(server, start):
    with running_imap() as hanging:
        hanging.stall_on.add("LOGIN")
        make_account(hanging.url, "hanging")
        account = make_account(server.url)
        start()
        wait_until(lambda: hanging.count("LOGIN") == 1, "the one that hangs")
        wait_until(is_idle(server), "IDLE")
        server.deliver(make_mail())
        wait_until(has_taken(account, make_mail()), "the mail")


def test_two_watchers_take_turns(server, start):
    account = make_account(server.url)
    start()
    start()
    wait_until(is_idle(server), "IDLE")
    for number in range(5):
        server.deliver(make_mail(number))
    wait_until(has_taken(account, *(make_mail(n) for n in range(5))), "the mails")
    assert server.count("LOGIN") == 1


def test_lease_of_a_dead_watcher_runs_out(server, start, monkeypatch):
    account = make_account(server.url)
    monkeypatch.setattr(ledger, "LEASE", timedelta(seconds=0.5))
    dead = Ledger(account.pk)
    assert dead.acquire(settings.read(account.incoming, {}))
    monkeypatch.setattr(ledger, "LEASE", timedelta(seconds=60))
    server.deliver(make_mail())
    start()
    wait_until(has_taken(account, make_mail()), "the mail")
    with pytest.raises(LeaseLost):
        dead.renew()


def test_account_that_is_added_changed_and_disabled_is_noticed(server, start):
    start()
    account = make_account(server.url.replace("secret", "wrong"))
    wait_until(lambda: server.count("LOGIN") > 0, "the first log-in")
    account.incoming = server.url
    account.save()
    wait_until(is_idle(server), "IDLE")
    account.is_enabled = False
    account.save()
    wait_until(lambda: not server.sessions, "the end of the connection")
    wait_until(lambda: health(account).lease == "", "the end of the lease")


def test_stop_ends_idle_at_once_and_frees_the_lease(server, start):
    account = make_account(server.url)
    thread = start()
    wait_until(is_idle(server), "IDLE")
    start.stop.set()
    thread.join(3)
    assert not thread.is_alive()
    assert health(account).lease == ""


def test_uidvalidity_that_changes_behind_our_back_is_noticed(server, start, monkeypatch):
    monkeypatch.setattr(watching, "SCAN_SECONDS", 0.0)
    monkeypatch.setattr(watching, "IDLE_SECONDS", 0.2)
    server.deliver(make_mail(1))
    account = make_account(server.url)
    start()
    wait_until(has_taken(account, make_mail(1)), "the first mail")
    server.inbox.uid_validity = 7
    server.inbox.mails.clear()
    server.inbox.add(make_mail(1), uid=2)
    server.inbox.add(make_mail(2), uid=1)
    wait_until(has_taken(account, make_mail(1), make_mail(2)), "the second mail")


def test_sweep_fetches_what_nobody_watches(server):
    server.deliver(make_mail())
    account = make_account(server.url)
    assert collecting.fetch(seconds=20) == 1
    assert taken(account) == [make_mail()]


def test_sweep_is_not_held_up_by_a_mailbox_that_hangs(server):
    with running_imap() as hanging:
        hanging.stall_on.add("LOGIN")
        make_account(hanging.url, "hanging")
        server.deliver(make_mail())
        account = make_account(server.url)
        collecting.fetch(seconds=1)
        assert hanging.count("LOGIN") == 1
    assert taken(account) == [make_mail()]
