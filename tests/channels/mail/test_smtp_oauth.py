"""Sending with XOAUTH2, by the same grant as the mailbox or by one of its own."""

from __future__ import annotations

import base64
import contextlib

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from apps.channels.driver import DeliveryError
from apps.channels.mail import oauth, sending
from apps.channels.mail.models import Grant
from tests.channels.mail.factory import account, outgoing
from tests.services import find_free_port
from tests.services.tokens import running_token_endpoint

pytestmark = pytest.mark.django_db


class TokenServer:
    """Takes mail from whoever shows a token that is valid."""

    def __init__(self) -> None:
        self.valid = {"ticket-1"}
        self.shown: list[str] = []
        self.taken = 0

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]):
        words = base64.b64decode(args[1]).decode()
        user, bearer, *_rest = words.split("\1")
        self.shown.append(f"{user} {bearer.removeprefix('auth=Bearer ')}")
        if self.shown[-1].rpartition(" ")[2] in self.valid:
            server.session.authenticated = True
            await server.push("235 2.7.0 welcome")
            return
        answer = await server.challenge_auth('{"status":"400"}')
        assert answer == b""
        await server.push("535 5.7.3 not with this token")
        return

    async def handle_DATA(self, _server, _session, _envelope):
        self.taken += 1
        return "250 taken"


@contextlib.contextmanager
def token_server():
    handler = TokenServer()
    port = find_free_port()
    controller = Controller(
        handler, hostname="127.0.0.1", port=port, auth_require_tls=False, auth_required=True
    )
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


@pytest.fixture
def endpoint():
    oauth._tokens.clear()
    with running_token_endpoint() as running:
        yield running


def send(port: int, endpoint, password: str = "", incoming: str = "") -> None:
    options = {"oauth_token_url": endpoint.url, "oauth_client_id": "portal"}
    secret = f":{password}" if password else ""
    view = account(
        outgoing=f"smtp://help%40x.example{secret}@127.0.0.1:{port}",
        incoming=incoming,
        options=options,
    )
    sending.send(view, outgoing(), lambda: None, lambda: None)


def test_mailboxs_own_grant_serves_for_sending(endpoint):
    with token_server() as (server, port):
        send(port, endpoint, incoming="imaps://help%40x.example:first-grant@imap.x.example")
    assert (server.shown, server.taken) == (["user=help@x.example ticket-1"], 1)
    assert endpoint.requests[0]["refresh_token"] == "first-grant"


def test_account_that_only_sends_has_its_own_grant(endpoint):
    with token_server() as (server, port):
        send(port, endpoint, password="first-grant")
    assert server.taken == 1


def test_token_that_has_expired_is_asked_for_anew_at_once(endpoint):
    endpoint.access_tokens = ["ticket-0", "ticket-1"]
    with token_server() as (server, port):
        send(port, endpoint, password="first-grant")
    assert [shown.split()[1] for shown in server.shown] == ["ticket-0", "ticket-1"]
    assert server.taken == 1


def test_token_that_is_refused_twice_is_the_accounts_fault(endpoint):
    endpoint.access_tokens = ["stolen"]
    with token_server() as (_server, port), pytest.raises(DeliveryError) as error:
        send(port, endpoint, password="first-grant")
    assert (error.value.permanent, error.value.unreachable) == (False, True)
    assert "535" in error.value.reason


def test_grant_that_has_ended_says_what_to_do(endpoint):
    with token_server() as (server, port), pytest.raises(DeliveryError) as error:
        send(port, endpoint, password="old-grant")
    assert "Grant access again" in error.value.reason
    assert (error.value.unreachable, server.shown) == (True, [])


def test_replaced_grant_is_kept_for_the_next_time(endpoint):
    endpoint.next_refresh_token = "second-grant"
    with token_server() as (server, port):
        send(port, endpoint, password="first-grant")
        oauth._tokens.clear()
        send(port, endpoint, password="first-grant")
    assert Grant.objects.get().refresh_token == "second-grant"
    assert server.taken == 2


def test_server_with_a_password_of_its_own_is_shown_no_token(endpoint):
    with token_server() as (server, port), pytest.raises(DeliveryError):
        send(port, endpoint, password="relay", incoming="imaps://u:first-grant@imap.x.example")
    assert (server.shown, endpoint.requests) == ([], [])
