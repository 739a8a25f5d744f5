"""Sending to a server that misbehaves: what was not taken is an error, what may have been is
``AnswerUnknown``, and nothing is both.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from apps.channels.driver import AccountView, AnswerUnknown, DeliveryError, Outgoing, Party
from apps.channels.mail import sending, smtp
from apps.channels.mail.driver import MailDriver
from tests.services.smtp_faults import FaultySmtp, running_faulty_smtp

MESSAGE = Outgoing(
    message_id="one@test.local",
    created_at=datetime(2026, 11, 20, tzinfo=UTC),
    to=(Party("email", "cleo@example.org"),),
    subject="Lamp",
    text="It is mended.\n",
)
STAGES_BEFORE = ["GREETING", "EHLO", "MAIL", "RCPT", "DATA"]


@pytest.fixture
def server(monkeypatch):
    for name in ("TIMEOUT", "GREETING_TIMEOUT", "GOODBYE_TIMEOUT"):
        monkeypatch.setattr(smtp, name, 0.5)
    monkeypatch.setattr(sending, "ANSWER_TIMEOUT", 0.5)
    with running_faulty_smtp() as running:
        yield running


def send(server: FaultySmtp) -> list[str]:
    """Send the message; returns what was called on the way."""
    called: list[str] = []
    account = AccountView(1, "support", address="help@test.local", outgoing=server.url)
    MailDriver().send(account, MESSAGE, lambda: called.append("commit"), lambda: None)
    return called


def test_healthy_server_takes_the_mail_once(server):
    assert send(server) == ["commit"]
    assert len(server.taken) == 1


@pytest.mark.parametrize("stage", STAGES_BEFORE)
@pytest.mark.parametrize("fault", ["drop_on", "stall_on"])
def test_connection_lost_before_the_dot_is_a_temporary_error(server, stage, fault):
    getattr(server, fault).add(stage)
    with pytest.raises(DeliveryError) as error:
        send(server)
    assert (error.value.permanent, server.taken) == (False, [])


@pytest.mark.parametrize("fault", ["drop_on", "stall_on"])
def test_answer_lost_after_the_dot_is_unknown(server, fault):
    getattr(server, fault).add("DOT")
    with pytest.raises(AnswerUnknown):
        send(server)
    assert len(server.taken) == 1


@pytest.mark.parametrize(
    ("stage", "answer", "permanent"),
    [
        ("MAIL", "451 4.3.0 later", False),
        ("MAIL", "550 5.7.1 not you", True),
        ("RCPT", "450 4.2.0 later", False),
        ("RCPT", "550 5.1.1 nobody", True),
        ("DATA", "451 4.3.0 later", False),
        ("DATA", "554 5.7.1 no", True),
        ("DOT", "452 4.3.1 disk full", False),
        ("DOT", "554 5.6.0 no", True),
        ("GREETING", "421 busy", False),
        ("GREETING", "554 not here", False),
    ],
)
def test_refusal_is_as_permanent_as_the_server_says(server, stage, answer, permanent):
    server.answers[stage] = answer
    with pytest.raises(DeliveryError) as error:
        send(server)
    assert (error.value.permanent, server.taken) == (permanent, [])


def test_server_that_heals_takes_the_mail(server):
    server.answers["DOT"] = "451 4.3.0 later"
    server.only_first = 1
    with pytest.raises(DeliveryError):
        send(server)
    send(server)
    assert len(server.taken) == 1
