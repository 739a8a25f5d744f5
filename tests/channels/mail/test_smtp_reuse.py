"""One connection for many mails, and none that is used after it died."""

from __future__ import annotations

import pytest

from apps.channels.driver import DeliveryError
from apps.channels.mail import smtp
from apps.channels.mail.driver import MailDriver
from tests.channels.mail.factory import account, outgoing
from tests.services.smtp_faults import FaultySmtp, running_faulty_smtp


@pytest.fixture
def server():
    with running_faulty_smtp() as running:
        yield running


@pytest.fixture
def driver():
    made = MailDriver()
    yield made
    made.rest(altogether=True)


def send(driver: MailDriver, server: FaultySmtp, **values) -> None:
    view = account(outgoing=server.url, **values)
    driver.send(view, outgoing(), lambda: None, lambda: None)


def test_second_mail_takes_the_connection_of_the_first(server, driver):
    send(driver, server)
    send(driver, server)
    assert server.stages.count("GREETING") == 1
    assert server.stages[-4:] == ["MAIL", "RCPT", "DATA", "DOT"]
    assert len(server.taken) == 2


def test_connection_that_died_meanwhile_is_replaced_unnoticed(server, driver):
    send(driver, server)
    server.drop_on.add("RSET")
    send(driver, server)
    assert server.stages.count("GREETING") == 2
    assert len(server.taken) == 2


def test_server_that_has_enough_of_a_connection_gets_another(server, driver):
    send(driver, server)
    server.answers["RSET"] = "421 4.7.0 too many mails"
    send(driver, server)
    assert len(server.taken) == 2


def test_connection_is_not_kept_after_a_fault(server, driver):
    server.answers["DATA"], server.only_first = "451 later", 1
    with pytest.raises(DeliveryError):
        send(driver, server)
    send(driver, server)
    assert server.stages.count("GREETING") == 2


def test_worn_connection_is_ended_politely(server, driver, monkeypatch):
    monkeypatch.setattr(smtp, "MAILS_EACH", 2)
    for _ in range(3):
        send(driver, server)
    assert (server.stages.count("GREETING"), server.stages.count("QUIT")) == (2, 1)


def test_idle_connection_is_ended_politely(server, driver, monkeypatch):
    send(driver, server)
    driver.rest()
    assert "QUIT" not in server.stages
    monkeypatch.setattr(smtp, "IDLE_SECONDS", 0)
    driver.rest()
    assert server.stages[-1] == "QUIT"


def test_other_domain_is_greeted_on_a_connection_of_its_own(server, driver):
    send(driver, server)
    send(driver, server, address="sales@example.net")
    assert server.stages.count("GREETING") == 2
