"""The listener for a mail server in front of us: 250 means committed, and nothing else does."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest
from django.db import OperationalError, connections

from apps.cases.models import Case
from apps.channels.domain import collecting, intake
from apps.channels.enums import InboundState
from apps.channels.mail import listening
from apps.channels.models import InboundMessage
from tests.channels.mail.imap import make_account, make_mail, taken
from tests.services import accepts, find_free_port, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Doors:
    """Where the listener listens."""

    lmtp: int
    smtp: int
    path: Path


@pytest.fixture
def doors(tmp_path_factory) -> Iterator[Doors]:
    path = tmp_path_factory.mktemp("d") / "lmtp"
    found = Doors(find_free_port(), find_free_port(), path)
    endpoints = {"lmtp": f"127.0.0.1:{found.lmtp}", "smtp": f"127.0.0.1:{found.smtp}"}
    stop = Event()

    def work() -> None:
        try:
            collecting.listen("mail", endpoints, stop)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    wait_until(lambda: accepts(found.lmtp) and accepts(found.smtp), "listening")
    yield found
    stop.set()
    thread.join(20)


@pytest.fixture
def support():
    return make_account("", "support")


def settled() -> bool:
    return not InboundMessage.objects.filter(state=InboundState.RECEIVED).exists()


def send(port: int, raw: bytes, *to: str, sender: str = "cleo@example.org") -> dict:
    """Hand one mail over by LMTP; returns who was refused, and why."""
    with smtplib.LMTP("127.0.0.1", port) as lmtp:
        lmtp.ehlo()
        lmtp.mail(sender)
        refused = {}
        for address in to:
            code, text = lmtp.rcpt(address)
            if code >= 400:
                refused[address] = (code, text)
        code, text = lmtp.data(raw)
        answers = [(code, text)]
        while len(answers) < len(to) - len(refused):
            answers.append(lmtp.getreply())
        return {"refused": refused, "answers": [code for code, _text in answers]}


def test_mail_is_stored_as_it_came_and_becomes_a_case(doors, support):
    assert send(doors.lmtp, make_mail(), "support@test.local")["answers"] == [250]
    wait_until(settled, "the case")
    stored = taken(support)
    assert stored[0].endswith(make_mail())
    assert Case.objects.get().subject == "Mail 1"


def test_mail_that_names_its_recipient_keeps_its_bytes(doors, support):
    raw = make_mail().replace(b"service@test.local", b"Support@Test.local")
    send(doors.lmtp, raw, "support@test.local")
    assert taken(support) == [raw]
    wait_until(settled, "the case")


def test_same_mail_twice_is_one(doors, support):
    for _ in range(2):
        assert send(doors.lmtp, make_mail(), "support@test.local")["answers"] == [250]
    wait_until(settled, "the case")
    assert InboundMessage.objects.count() == 1


def test_plus_address_belongs_to_the_account_and_is_kept(doors, support):
    send(doors.lmtp, make_mail(), "Support+cc12-abc@Test.local")
    wait_until(settled, "the case")
    head = taken(support)[0].partition(b"\r\n")[0]
    assert head.lower() == b"delivered-to: support+cc12-abc@test.local"


def test_mail_from_nobody_says_so(doors, support):
    raw = make_mail().replace(b"service@", b"support@")
    send(doors.lmtp, raw, "support@test.local", sender="")
    wait_until(settled, "the case")
    assert taken(support) == [b"Return-Path: <>\r\n" + raw]


def test_unknown_recipient_is_refused_and_the_others_are_not(doors, support):
    found = send(doors.lmtp, make_mail(), "nobody@test.local", "support@test.local")
    assert found["refused"]["nobody@test.local"][0] == 550
    assert found["answers"] == [250]
    wait_until(settled, "the case")


def test_account_that_is_disabled_is_unknown(doors, support, monkeypatch):
    monkeypatch.setattr(listening, "ACCOUNTS_SECONDS", 0)
    support.is_enabled = False
    support.save()
    with (
        smtplib.SMTP("127.0.0.1", doors.smtp) as smtp,
        pytest.raises(smtplib.SMTPRecipientsRefused),
    ):
        smtp.sendmail("a@example.org", ["support@test.local"], make_mail())


def test_same_mail_to_two_mailboxes_is_stored_twice_and_makes_one_case(doors, support):
    sales = make_account("", "sales")
    found = send(doors.lmtp, make_mail(), "support@test.local", "sales@test.local")
    assert found["answers"] == [250, 250]
    wait_until(settled, "the case")
    assert (len(taken(support)), len(taken(sales))) == (1, 1)
    assert Case.objects.count() == 1


def test_two_addresses_of_one_account_store_once(doors, support):
    found = send(doors.lmtp, make_mail(), "support@test.local", "support+x@test.local")
    assert found["answers"] == [250, 250]
    wait_until(settled, "the case")
    assert len(taken(support)) == 1


def test_database_that_is_away_is_temporary(doors, support, monkeypatch):
    def closed(*_):
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(intake, "_store", closed)
    make_account("", "sales")
    found = send(doors.lmtp, make_mail(), "support@test.local", "sales@test.local")
    assert found["answers"] == [451, 451]
    with smtplib.SMTP("127.0.0.1", doors.smtp) as smtp, pytest.raises(smtplib.SMTPDataError) as no:
        smtp.sendmail("a@example.org", ["support@test.local"], make_mail())
    assert no.value.smtp_code == 451
    assert not InboundMessage.objects.exists()


def test_accounts_that_cannot_be_read_are_temporary(doors, support, monkeypatch):
    def closed(*_):
        raise OperationalError("no such host")

    monkeypatch.setattr(listening, "ACCOUNTS_SECONDS", 0)
    monkeypatch.setattr(collecting.Account.objects, "enabled", closed)
    with smtplib.SMTP("127.0.0.1", doors.smtp) as smtp:
        smtp.ehlo()
        smtp.mail("a@example.org")
        assert smtp.rcpt("support@test.local")[0] == 451


def test_fault_of_ours_is_never_a_bounce(doors, support, monkeypatch):
    def broken(*_):
        raise ValueError("unforeseen")

    monkeypatch.setattr(intake, "_store", broken)
    assert send(doors.lmtp, make_mail(), "support@test.local")["answers"] == [451]


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(listening, "LARGEST_MAIL", 20_000)


def test_mail_that_is_too_large_is_refused_for_each(small, doors, support):
    make_account("", "sales")
    found = send(doors.lmtp, make_mail(size=30_000), "support@test.local", "sales@test.local")
    assert found["answers"] == [552, 552]
    assert send(doors.lmtp, make_mail(), "support@test.local")["answers"] == [250]
    wait_until(settled, "the case")


def test_lines_of_any_length_are_taken(doors, support):
    raw = make_mail() + b"y" * 100_000 + b"\r\n"
    assert send(doors.lmtp, raw, "support@test.local")["answers"] == [250]
    wait_until(settled, "the case")
    assert taken(support)[0].endswith(b"y" * 100_000 + b"\r\n")


def test_bytes_beyond_ascii_and_leading_dots_survive(doors, support):
    raw = (
        make_mail().replace(b"service@", b"support@")
        + "灯泡\r\n..\r\n.x\r\n\x00\xff".encode("latin-1", "ignore")
        + b"\r\n.\xe7\x81\xaf\r\n"
    )
    assert send(doors.lmtp, raw, "support@test.local")["answers"] == [250]
    wait_until(settled, "the case")
    assert taken(support) == [raw]


@pytest.mark.parametrize(
    "end", [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\r.\r\n"]
)
def test_only_the_true_end_ends_a_mail(doors, support, end):
    """SMTP smuggling: what follows is part of this mail, not a second one."""
    smuggled = b"MAIL FROM:<boss@test.local>\r\nRCPT TO:<support@test.local>\r\nDATA\r\n"
    with socket.create_connection(("127.0.0.1", doors.smtp), 10) as line:
        file = line.makefile("rb")
        file.readline()
        for command in (b"EHLO x", b"MAIL FROM:<a@example.org>", b"RCPT TO:<support@test.local>"):
            line.sendall(command + b"\r\n")
            while file.readline()[3:4] == b"-":
                pass
        line.sendall(b"DATA\r\n")
        assert file.readline().startswith(b"354")
        line.sendall(make_mail() + end + smuggled + b"From: boss@test.local\r\n\r\nhi\r\n.\r\n")
        assert file.readline().startswith(b"250")
        line.sendall(b"QUIT\r\n")
        assert file.readline().startswith(b"221")
    wait_until(settled, "the case")
    assert InboundMessage.objects.count() == 1
    assert smuggled in taken(support)[0]


def test_empty_mail_is_refused_by_name(doors, support):
    with smtplib.SMTP("127.0.0.1", doors.smtp) as smtp, pytest.raises(smtplib.SMTPDataError) as no:
        smtp.sendmail("a@example.org", ["support@test.local"], b"\r\n")
    assert no.value.smtp_code == 554


def test_many_senders_at_once_lose_nothing(doors, support):
    def work(number: int) -> None:
        with smtplib.SMTP("127.0.0.1", doors.smtp) as smtp:
            for piece in range(5):
                raw = make_mail(number * 10 + piece, sender=f"c{number}@example.org")
                smtp.sendmail(f"c{number}@example.org", ["support@test.local"], raw)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert InboundMessage.objects.count() == 40
    wait_until(settled, "the cases", seconds=30)
    assert set(InboundMessage.objects.values_list("state", flat=True)) == {"accepted"}


def accepts_at(path: Path) -> bool:
    """Whether somebody listens; the file itself is there a moment earlier."""
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


def test_socket_file_is_served(support, tmp_path):
    path = tmp_path / "lmtp.sock"
    stop = Event()
    thread = threading.Thread(target=collecting.listen, args=("mail", {"lmtp": str(path)}, stop))
    thread.start()
    try:
        wait_until(lambda: accepts_at(path), "the socket")
        with smtplib.LMTP(str(path)) as lmtp:
            lmtp.sendmail("a@example.org", ["support@test.local"], make_mail())
    finally:
        stop.set()
        thread.join(20)
    assert len(taken(support)) == 1
