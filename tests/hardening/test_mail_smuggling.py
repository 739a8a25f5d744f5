"""SMTP smuggling: one mail stays one mail, at our listener and on its way out."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Iterator
from threading import Event

import pytest
from django.db import connections

from apps.channels.domain import collecting
from apps.channels.driver import OutgoingAttachment
from apps.channels.mail import sending
from apps.channels.mail.composing import compose
from apps.channels.models import InboundMessage
from tests.channels.mail.factory import account, outgoing
from tests.channels.mail.imap import make_account, make_mail, taken
from tests.hardening.hostile.structure import SMUGGLED
from tests.services import accepts, find_free_port, wait_until
from tests.services.smtp import running_relay

COMMANDS = b"MAIL FROM:<boss@test.local>\r\nRCPT TO:<support@test.local>\r\nDATA\r\n"
EVIL = b"From: boss@test.local\r\nSubject: Pay\r\n\r\nPay.\r\n.\r\n"
FALSE_ENDS = [
    b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\r.\r\n", b"\n.\r", b"\r.\n",
    b"\r\n\0.\r\n", b"\r\n.\0\r\n", b"\r\n .\r\n", b"\r\n. \r\n", b"\r\r\n.\r\r\n", b"\n\n.\n\n",
]  # fmt: skip


@pytest.fixture
def door(transactional_db) -> Iterator[int]:
    """The SMTP port of a listener with one mailbox, ``support@test.local``."""
    make_account("", "support")
    port, stop = find_free_port(), Event()

    def work() -> None:
        try:
            collecting.listen("mail", {"smtp": f"127.0.0.1:{port}"}, stop)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    wait_until(lambda: accepts(port), "listening")
    yield port
    stop.set()
    thread.join(20)


def settled() -> bool:
    return not InboundMessage.objects.filter(state="received").exists()


def talk(port: int, content: bytes) -> list[bytes]:
    """One conversation with ``content`` between DATA and the true end; all answers after it."""
    with socket.create_connection(("127.0.0.1", port), 10) as line:
        file = line.makefile("rb")
        file.readline()
        for command in (b"EHLO x", b"MAIL FROM:<a@example.org>", b"RCPT TO:<support@test.local>"):
            line.sendall(command + b"\r\n")
            while file.readline()[3:4] == b"-":
                pass
        line.sendall(b"DATA\r\n")
        assert file.readline().startswith(b"354")
        line.sendall(content + b"\r\n.\r\nQUIT\r\n")
        return list(file)


def test_no_false_end_lets_a_second_mail_in(door):
    for number, end in enumerate(FALSE_ENDS):
        answers = talk(door, make_mail(number) + b"words" + end + COMMANDS + EVIL[:-5])
        assert [answer[:3] for answer in answers] == [b"250", b"221"], end
    wait_until(settled, "the cases", seconds=30)
    assert InboundMessage.objects.count() == len(FALSE_ENDS)
    senders = InboundMessage.objects.values_list("interaction__sender_value", flat=True)
    assert set(senders) == {"cleo@example.org"}


def test_true_end_begins_a_mail_of_its_own_envelope(door):
    """What really is a second mail says of itself that it is one: nothing is believed of it."""
    answers = talk(door, make_mail(1) + b"\r\n.\r\n" + COMMANDS + EVIL[:-5])
    assert [answer[:3] for answer in answers] == [b"250", b"250", b"250", b"354", b"250", b"221"]
    wait_until(settled, "the cases")
    assert InboundMessage.objects.count() == 2


def test_commands_behind_data_are_words_of_the_mail(door):
    with smtplib.SMTP("127.0.0.1", door) as smtp:
        smtp.ehlo()
        for number, mail in enumerate(SMUGGLED.values()):
            smtp.mail("a@example.org")
            smtp.rcpt("support@test.local")
            code, _text = smtp.data(mail.replace(b"hostile-", b"h%d-" % number))
            assert code == 250
    wait_until(settled, "the cases", seconds=30)
    assert InboundMessage.objects.count() == len(SMUGGLED)
    assert len(taken(InboundMessage.objects.first().account)) == len(SMUGGLED)


ENDS = [end.decode("latin-1") for end in (*FALSE_ENDS, b"\r\n.\r\n", b"\x85.\x85", b"\x0b.\x0c")]


@pytest.mark.parametrize("end", [*ENDS, "\u2028.\u2028", "\u2029.\r"], ids=ascii)
def test_mail_that_we_send_is_one_mail(end):
    """In text, HTML, subject, names and files alike, through a server that obeys bare ends."""
    words = f"Hello{end}{COMMANDS.decode()}{EVIL.decode()}"
    file = OutgoingAttachment(f"a{end}.txt", "application/octet-stream", words.encode())
    message = outgoing(text=words, html=f"<p>{words}</p>", subject=words, attachments=(file,))
    raw = sending._stuffed(compose(account(), message))
    bare = raw.replace(b"\r\n", b"")
    assert not set(bare) & set(b"\r\n")
    assert b"\r\n.\r\n" not in raw
    with running_relay() as relay:
        sending.send(account(outgoing=relay.url), message, lambda: None, lambda: None)
    (received,) = relay.received
    assert received.sender == "support@example.com"
    (kept,) = received.message.iter_attachments()
    assert kept.get_content() == words.encode()
