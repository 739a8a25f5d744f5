"""A real Postfix in front of ``maild``: it keeps what we cannot take, bounces what we refuse."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from threading import Event

import pytest
from django.db import OperationalError, connections

from apps.channels.domain import collecting, intake
from apps.channels.enums import InboundState
from apps.channels.models import InboundMessage
from tests.channels.mail.imap import make_account, make_mail, taken
from tests.services import Absent, accepts, find_free_port, skip_or_fail, wait_until
from tests.services.postfix import Postfix, running_postfix
from tests.services.smtp import Relay

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.live]


@pytest.fixture
def maild() -> Iterator[int]:
    port = find_free_port()
    stop = Event()

    def work() -> None:
        try:
            collecting.listen("mail", {"lmtp": f"127.0.0.1:{port}"}, stop)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    wait_until(lambda: accepts(port), "listening")
    yield port
    stop.set()
    thread.join(20)


@pytest.fixture
def postfix(maild: int, smtp_relay: Relay) -> Iterator[Postfix]:
    try:
        with running_postfix(
            transport=f"lmtp:inet:127.0.0.1:{maild}", relay=smtp_relay.port
        ) as server:
            yield server
    except Absent as absent:
        skip_or_fail(absent)


def settled() -> bool:
    found = InboundMessage.objects.values_list("state", flat=True)
    return bool(found) and InboundState.RECEIVED not in found


def test_mail_waits_in_front_while_the_database_is_away(postfix, monkeypatch):
    def closed(*_):
        raise OperationalError("the database is away")

    account = make_account("", "support")
    with monkeypatch.context() as patched:
        patched.setattr(intake, "_store", closed)
        postfix.send(make_mail(), "support@test.local")
        wait_until(lambda: postfix.count_log("deferred") > 0, "the deferral")
        assert not InboundMessage.objects.exists()
    postfix.try_again()
    wait_until(lambda: postfix.count_log("sent") > 0, "the delivery", seconds=30)
    wait_until(settled, "the case")
    assert len(taken(account)) == 1


def test_unknown_address_comes_back_to_its_sender(postfix, smtp_relay):
    make_account("", "support")
    postfix.send(make_mail(), "nobody@test.local")
    wait_until(lambda: smtp_relay.to("cleo@example.org"), "the bounce", seconds=30)
    bounce = smtp_relay.to("cleo@example.org")[0].message
    assert bounce.get_content_type() == "multipart/report"
    assert "550 5.1.1" in bounce.as_string()
