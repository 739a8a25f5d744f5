"""What runs for days keeps no SQL statement, and so no mail, in memory."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections

from apps.channels.domain import intake
from tests.channels.mail.imap import make_account, make_mail


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("debug", [True, False])
def test_no_statement_is_kept_even_with_debug(settings, debug):
    settings.DEBUG = debug
    account = make_account("")
    kept = []

    def take_in() -> None:  # a thread has a connection of its own
        try:
            intake.receive_many(account, [make_mail(n) for n in range(3)], "message/rfc822")
            kept.extend(connection.queries_log)
        finally:
            connections.close_all()

    thread = threading.Thread(target=take_in)
    thread.start()
    thread.join()
    assert account.inbound.filter(state="accepted").count() == 3
    assert not kept
