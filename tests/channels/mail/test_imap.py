"""What a mailbox gives is taken in once, whatever the server does."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import pytest
from django.db import OperationalError

from apps.cases.models import Case
from apps.channels.domain import intake
from apps.channels.domain.collecting import Door
from apps.channels.doors import IntakeClosed
from apps.channels.mail.enums import Fate
from apps.channels.mail.mailbox import connection, fetching, settings
from apps.channels.mail.mailbox.ledger import Ledger
from apps.channels.mail.mailbox.watching import Watcher
from apps.channels.mail.models import LedgerEntry, MailboxState
from apps.channels.models import InboundMessage
from tests.channels.mail.imap import fetch, health, make_account, make_mail, taken
from tests.services.imap import ImapServer, Mailbox, running_imap

pytestmark = pytest.mark.django_db


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with running_imap() as running:
        yield running


def test_waiting_mails_are_taken_in_their_order(server):
    mails = [make_mail(n) for n in range(7)]
    for mail in mails:
        server.deliver(mail)
    account = make_account(server.url)
    fetch(account)
    assert taken(account) == mails
    assert set(InboundMessage.objects.values_list("state", flat=True)) == {"accepted"}
    assert health(account).last_success_at is not None
    assert health(account).lease == ""


def test_taken_mails_are_left_as_they_were(server):
    server.deliver(make_mail())
    account = make_account(server.url)
    fetch(account)
    assert server.count("EXAMINE") == server.count("SELECT") + 2
    assert server.inbox.mails[0].flags == set()
    assert len(server.inbox.mails) == 1


def test_second_look_fetches_only_what_is_new(server):
    server.deliver(make_mail(1))
    account = make_account(server.url)
    fetch(account)
    server.deliver(make_mail(2))
    server.commands.clear()
    fetch(account)
    assert taken(account) == [make_mail(1), make_mail(2)]
    assert [c for c in server.commands if c.startswith("UID FETCH")] == [
        "UID FETCH 2 (UID BODY.PEEK[])"
    ]


def test_more_than_one_window_is_taken_in(server, monkeypatch):
    monkeypatch.setattr(fetching, "WINDOW", 10)
    monkeypatch.setattr(fetching, "CHUNK_MAILS", 4)
    mails = [make_mail(n) for n in range(33)]
    for mail in mails:
        server.inbox.add(mail)
    account = make_account(server.url)
    fetch(account)
    assert taken(account) == mails
    assert LedgerEntry.objects.count() == 33


def test_changed_uidvalidity_loses_and_doubles_nothing(server):
    mails = [make_mail(n) for n in range(5)]
    for mail in mails[:4]:
        server.deliver(mail)
    account = make_account(server.url)
    fetch(account)
    # The mailbox was rebuilt: other UIDs, other order, and one more mail under a known UID.
    server.folders["INBOX"] = Mailbox(uid_validity=2)
    for mail in reversed(mails):
        server.inbox.add(mail)
    fetch(account)
    assert sorted(taken(account)) == sorted(mails)
    assert MailboxState.objects.get().uid_validity == 2
    assert LedgerEntry.objects.count() == 5


def test_uid_given_to_another_mail_is_noticed(server):
    server.deliver(make_mail(1))
    account = make_account(server.url)
    fetch(account)
    server.inbox.mails.clear()
    server.inbox.add(make_mail(22), uid=1)
    fetch(account)
    assert taken(account) == [make_mail(1), make_mail(22)]


def test_mails_that_left_the_mailbox_leave_the_ledger(server, monkeypatch):
    monkeypatch.setattr(fetching, "WINDOW", 3)
    for number in range(10):
        server.deliver(make_mail(number))
    account = make_account(server.url)
    fetch(account)
    server.inbox.mails = [mail for mail in server.inbox.mails if mail.uid in {2, 9}]
    fetch(account)
    assert list(LedgerEntry.objects.values_list("uid", flat=True)) == [2, 9]
    server.inbox.mails.clear()
    fetch(account)
    assert not LedgerEntry.objects.exists()


def test_connection_cut_inside_a_mail_loses_nothing(server, monkeypatch):
    monkeypatch.setattr(fetching, "CHUNK_MAILS", 3)
    mails = [make_mail(n) for n in range(9)]
    for mail in mails:
        server.deliver(mail)
    server.cut_after = [-1, -1, -1, -1, 40]
    account = make_account(server.url)
    fetch(account)
    assert taken(account) == mails[:3]
    assert "broke" in health(account).last_error
    MailboxState.objects.update(retry_at=None)
    fetch(account)
    assert taken(account) == mails
    assert health(account).last_error == ""


def test_round_that_was_cut_off_goes_on_where_it_was(server, monkeypatch):
    monkeypatch.setattr(fetching, "WINDOW", 5)
    mails = [make_mail(n) for n in range(30)]
    for mail in mails:
        server.inbox.add(mail)
    server.cut_after = [-1] * 21 + [3]
    account = make_account(server.url)
    watcher = Watcher(account.as_view(), Door("email"), Event())
    watcher.fetch()
    assert taken(account) == mails[:20]
    server.inbox.mails = server.inbox.mails[3:]  # what lies behind has moved forward meanwhile
    server.commands.clear()
    MailboxState.objects.update(retry_at=None)
    watcher.fetch()
    assert sorted(taken(account)) == sorted(mails)
    assert next(c.split()[1] for c in server.commands if c.startswith("FETCH")) == "21:25"
    assert LedgerEntry.objects.count() == 27


def test_window_that_is_too_slow_gets_smaller(server, monkeypatch):
    monkeypatch.setattr(connection, "SILENCE_SECONDS", 0.3)
    monkeypatch.setattr(connection, "SLICE_SECONDS", 0.05)
    monkeypatch.setattr(fetching, "WINDOW", 200)
    for number in range(60):
        server.inbox.add(make_mail(number))
    server.list_seconds = 0.01
    account = make_account(server.url)
    watcher = Watcher(account.as_view(), Door("email"), Event())
    for _ in range(3):
        watcher.fetch()
        MailboxState.objects.update(retry_at=None)
    assert len(taken(account)) == 60


@pytest.mark.parametrize("fault", ["cut_on_uid", "refuse_uids"])
def test_poison_mail_is_left_after_three_attempts_and_stops_nobody(server, monkeypatch, fault):
    monkeypatch.setattr(fetching, "WINDOW", 4)
    mails = [make_mail(n) for n in range(10)]
    for mail in mails:
        server.deliver(mail)
    getattr(server, fault).add(3)
    account = make_account(server.url)
    watcher = Watcher(account.as_view(), Door("email"), Event())
    for _attempt in range(4):
        MailboxState.objects.update(retry_at=None)
        watcher.fetch()
    assert sorted(taken(account)) == sorted(mails[:2] + mails[3:])
    left = LedgerEntry.objects.get(uid=3)
    assert (left.fate, bool(left.reason)) == (Fate.REFUSED, True)
    server.commands.clear()
    watcher.fetch()
    assert server.count("UID FETCH") == 0


def test_silent_server_is_given_up_in_time(server, monkeypatch):
    monkeypatch.setattr(connection, "SILENCE_SECONDS", 0.3)
    monkeypatch.setattr(connection, "SLICE_SECONDS", 0.05)
    server.stall_on.add("CAPABILITY")
    account = make_account(server.url)
    fetch(account)
    assert "does not answer" in health(account).last_error


def test_server_that_trickles_is_given_up_in_time(server, monkeypatch):
    monkeypatch.setattr(connection, "SLICE_SECONDS", 0.05)
    monkeypatch.setattr(connection, "COMMAND_SECONDS", 0.5)
    monkeypatch.setattr(connection, "SLOWEST_BYTES_PER_SECOND", 1_000_000)
    server.byte_seconds = 0.05
    server.deliver(make_mail())
    account = make_account(server.url)
    fetch(account)
    assert taken(account) == []
    assert "silent" in health(account).last_error


def test_wrong_password_says_what_to_do_and_waits(server):
    server.password = "other"
    account = make_account(server.url.replace("other", "wrong"))
    fetch(account)
    assert "Check user and password" in health(account).last_error
    attempts = server.count("LOGIN")
    fetch(account)
    assert server.count("LOGIN") == attempts == 1
    account.incoming = server.url
    account.save()
    fetch(account)
    assert server.count("LOGIN") == 2
    assert health(account).last_error == ""


def test_missing_server_says_so(server):
    account = make_account(server.url.replace("127.0.0.1", "mail.invalid"))
    fetch(account)
    assert "mail.invalid is not known" in health(account).last_error


def test_missing_folder_says_so(server):
    account = make_account(server.url, folder="Nowhere")
    fetch(account)
    assert "“Nowhere” cannot be opened" in health(account).last_error


def test_server_that_wants_our_name_gets_it(server):
    server.needs_id = True
    server.deliver(make_mail())
    account = make_account(server.url)
    fetch(account)
    assert taken(account) == [make_mail()]


def test_folder_with_a_name_of_any_script_is_read(server):
    name = "mail/&U,BTFw-/&ZeVnLIqe-"  # the example of RFC 3501, section 5.1.3
    server.folders[name] = Mailbox()
    server.folders[name].add(make_mail())
    account = make_account(server.url, folder="mail/台北/日本語")
    fetch(account)
    assert taken(account) == [make_mail()]


def test_seen_is_set_after_the_commit(server):
    server.deliver(make_mail())
    account = make_account(server.url, after="seen")
    fetch(account)
    assert server.inbox.mails[0].flags == {"\\Seen"}
    assert LedgerEntry.objects.get().fate == Fate.DONE


@pytest.mark.parametrize("capabilities", [["UIDPLUS", "MOVE"], ["UIDPLUS"]])
def test_moved_mails_lie_in_the_other_folder(server, capabilities):
    server.capabilities = ["IMAP4rev1", *capabilities]
    server.folders["Done"] = Mailbox()
    mails = [make_mail(n) for n in range(5)]
    for mail in mails:
        server.deliver(mail)
    account = make_account(server.url, after="move:Done")
    fetch(account)
    assert taken(account) == mails
    assert server.inbox.mails == []
    assert [mail.raw for mail in server.folders["Done"].mails] == mails


def test_deleting_while_going_through_misses_nothing(server, monkeypatch):
    monkeypatch.setattr(fetching, "WINDOW", 4)
    monkeypatch.setattr(fetching, "CHUNK_MAILS", 3)
    mails = [make_mail(n) for n in range(31)]
    for mail in mails:
        server.inbox.add(mail)
    account = make_account(server.url, after="delete")
    fetch(account)
    assert taken(account) == mails
    assert server.inbox.mails == []


def test_without_uidplus_nobody_elses_mail_is_expunged(server):
    server.capabilities = ["IMAP4rev1"]
    server.deliver(make_mail())
    account = make_account(server.url, after="delete")
    fetch(account)
    assert server.inbox.mails[0].flags == {"\\Deleted"}
    assert server.count("EXPUNGE") == 0


def test_target_folder_that_is_missing_is_a_warning_and_tried_again(server):
    server.deliver(make_mail())
    account = make_account(server.url, after="move:Done")
    fetch(account)
    assert taken(account) == [make_mail()]
    assert "does not mark, move or delete" in health(account).last_error
    server.folders["Done"] = Mailbox()
    fetch(account)
    assert server.inbox.mails == []
    assert health(account).last_error == ""


def test_nothing_is_touched_when_the_database_takes_nothing(server, monkeypatch):
    def closed(*_):
        raise OperationalError("database or disk is full")

    server.deliver(make_mail())
    account = make_account(server.url, after="delete")
    monkeypatch.setattr(intake, "_store", closed)
    with pytest.raises(IntakeClosed):
        fetch(account)
    assert len(server.inbox.mails) == 1
    assert not LedgerEntry.objects.exists()


def test_mail_without_a_byte_is_refused_and_named(server):
    server.deliver(b"")
    account = make_account(server.url)
    fetch(account)
    assert LedgerEntry.objects.get().fate == Fate.REFUSED


def test_too_large_mail_is_left_and_named(server, monkeypatch):
    monkeypatch.setattr(fetching, "LARGEST_LITERAL", 1 << 20)
    server.deliver(make_mail(1, size=2 << 20))
    server.deliver(make_mail(2))
    account = make_account(server.url)
    fetch(account)
    assert taken(account) == [make_mail(2)]
    assert LedgerEntry.objects.get(uid=1).reason == "Larger than 1 MiB."


def test_account_that_is_leased_is_left_alone(server):
    server.deliver(make_mail())
    account = make_account(server.url)
    other = Ledger(account.pk)
    assert other.acquire(settings.read(account.incoming, {}))
    fetch(account)
    assert server.commands == []
    other.release()
    fetch(account)
    assert taken(account) == [make_mail()]


def test_another_mailbox_starts_another_ledger(server):
    server.deliver(make_mail(1))
    account = make_account(server.url)
    fetch(account)
    server.folders["Other"] = Mailbox()
    server.folders["Other"].add(make_mail(2))
    account.options = {"folder": "Other"}
    account.save()
    fetch(account)
    assert taken(account) == [make_mail(1), make_mail(2)]
    assert LedgerEntry.objects.count() == 1


def test_same_mail_in_two_mailboxes_makes_one_case(server):
    server.deliver(make_mail())
    with running_imap() as second:
        second.deliver(make_mail())
        for account in (make_account(server.url), make_account(second.url, "sales")):
            fetch(account)
    assert InboundMessage.objects.count() == 2
    assert Case.objects.count() == 1


@pytest.mark.parametrize(("refused", "longest"), [(False, 60), (True, 300)])
def test_server_that_was_down_for_a_day_is_caught_up_at_once(server, refused, longest):
    mails = [make_mail(n) for n in range(120)]
    for mail in mails:
        server.deliver(mail)
    account = make_account(server.url)
    ledger = Ledger(account.pk)
    for _attempt in range(30):
        MailboxState.objects.update(retry_at=None)
        assert ledger.acquire(settings.read(account.incoming, {}))
        pause = ledger.failed("It is down.", progressed=False, refused=refused)
    assert pause == longest
    MailboxState.objects.update(retry_at=None)  # so long later
    fetch(account)
    assert taken(account) == mails
    assert (health(account).last_error, health(account).failures) == ("", 0)
