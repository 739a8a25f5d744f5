"""Encryption and log-in: certificates are checked, tokens are refreshed."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from apps.channels.driver import BadSetting
from apps.channels.mail import oauth
from apps.channels.mail.mailbox import settings
from apps.channels.mail.models import Grant, MailboxState
from tests.channels.mail.imap import fetch, health, make_account, make_mail, taken
from tests.services.certificates import Certificate, make_certificate
from tests.services.imap import running_imap
from tests.services.tokens import running_token_endpoint

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusted(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))


@pytest.fixture
def endpoint():
    oauth._tokens.clear()
    with running_token_endpoint() as running:
        yield running


def make_token_account(server, endpoint, password="first-grant"):
    return make_account(
        server.url.replace(server.password, password),
        oauth_token_url=endpoint.url,
        oauth_client_id="portal",
        oauth_scope="mail",
    )


def test_imaps_with_a_trusted_certificate_is_read(certificate, trusted):
    with running_imap(tls=certificate.context(), implicit_tls=True) as server:
        server.deliver(make_mail())
        account = make_account(server.url.replace("imap://", "imaps://"))
        fetch(account)
    assert taken(account) == [make_mail()]


def test_starttls_comes_before_the_password(certificate, trusted):
    with running_imap(tls=certificate.context()) as server:
        server.deliver(make_mail())
        account = make_account(server.url.replace("imap://", "imap+starttls://"))
        fetch(account)
        words = [command.split()[0] for command in server.commands]
    assert taken(account) == [make_mail()]
    assert words.index("STARTTLS") < words.index("LOGIN")


@pytest.mark.parametrize("scheme", ["imaps", "imap+starttls"])
def test_certificate_that_nobody_vouches_for_is_refused(certificate, scheme):
    with running_imap(tls=certificate.context(), implicit_tls=scheme == "imaps") as server:
        account = make_account(server.url.replace("imap://", f"{scheme}://"))
        fetch(account)
        assert server.count("LOGIN") == 0
    assert "certificate" in health(account).last_error


def test_tls_spoken_to_a_plain_port_says_what_to_check():
    with running_imap() as server:
        account = make_account(server.url.replace("imap://", "imaps://"))
        fetch(account)
    assert "imap+starttls" in health(account).last_error


def test_answers_slipped_in_before_the_encryption_are_not_heard(certificate, trusted):
    with running_imap(tls=certificate.context()) as server:
        server.injected = b"* OK [UIDVALIDITY 9] forged\r\n"
        account = make_account(server.url.replace("imap://", "imap+starttls://"))
        fetch(account)
        assert server.count("LOGIN") == 0
    assert "before the encryption" in health(account).last_error


def test_password_is_not_sent_where_the_server_forbids_it_in_the_open(certificate):
    with running_imap(tls=certificate.context()) as server:
        account = make_account(server.url)
        fetch(account)
        assert server.count("LOGIN") == 0
    assert "imap+starttls" in health(account).last_error


def test_password_outside_ascii_logs_in():
    with running_imap() as server:
        server.password = "密码"
        server.capabilities.append("AUTH=PLAIN")
        server.deliver(make_mail())
        account = make_account(server.url)
        fetch(account)
    assert taken(account) == [make_mail()]


def test_user_and_password_of_any_ascii_log_in():
    with running_imap() as server:
        server.user, server.password = 'a "b" c', "d\\e {3} f"
        server.deliver(make_mail())
        account = make_account("")
        user, password = quote(server.user, safe=""), quote(server.password, safe="")
        account.incoming = f"imap://{user}:{password}@127.0.0.1:{server.port}"
        fetch(account)
    assert taken(account) == [make_mail()]


def test_access_token_is_asked_for_and_used_again(endpoint):
    with running_imap() as server:
        server.access_tokens = {"ticket-1"}
        server.deliver(make_mail())
        account = make_token_account(server, endpoint)
        fetch(account)
        fetch(account)
    assert taken(account) == [make_mail()]
    assert endpoint.requests == [
        {
            "grant_type": "refresh_token",
            "refresh_token": "first-grant",
            "client_id": "portal",
            "scope": "mail",
        }
    ]


def test_access_token_that_expires_is_replaced(endpoint):
    endpoint.access_tokens = ["ticket-1", "ticket-2"]
    endpoint.expires_in = 60
    with running_imap() as server:
        server.access_tokens = {"ticket-1"}
        account = make_token_account(server, endpoint)
        fetch(account)
        server.access_tokens = {"ticket-2"}
        fetch(account)
    assert health(account).last_error == ""
    assert len(endpoint.requests) == 2


def test_access_token_that_is_withdrawn_is_replaced_next_time(endpoint):
    endpoint.access_tokens = ["ticket-1", "ticket-2"]
    with running_imap() as server:
        server.access_tokens = {"ticket-2"}
        account = make_token_account(server, endpoint)
        fetch(account)
        assert "refused the log-in" in health(account).last_error
        MailboxState.objects.update(retry_at=None)
        fetch(account)
    assert health(account).last_error == ""


def test_new_refresh_token_is_kept_encrypted(endpoint):
    endpoint.next_refresh_token = "second-grant"
    with running_imap() as server:
        server.access_tokens = {"ticket-1"}
        account = make_token_account(server, endpoint)
        fetch(account)
        oauth._tokens.clear()
        fetch(account)
    assert [one["refresh_token"] for one in endpoint.requests] == ["first-grant", "second-grant"]
    assert Grant.objects.get().refresh_token == "second-grant"
    assert health(account).last_error == ""


def test_grant_that_ended_says_what_to_do(endpoint):
    with running_imap() as server:
        account = make_token_account(server, endpoint, password="old-grant")
        fetch(account)
        assert server.count("AUTHENTICATE") == 0
    assert "Grant access again" in health(account).last_error


def test_endpoint_that_is_down_is_no_refusal(endpoint):
    endpoint.status = 503
    with running_imap() as server:
        account = make_token_account(server, endpoint)
        fetch(account)
    assert "temporarily_unavailable" in health(account).last_error


def test_client_secret_stands_before_the_refresh_token():
    options = {"oauth_token_url": "https://x.example/token", "oauth_client_id": "portal"}
    found = settings.read("imaps://u:top%20secret%0Agrant@x.example", options)
    assert found.oauth is not None
    assert (found.oauth.client_secret, found.oauth.refresh_token) == ("top secret", "grant")
    assert "top secret" not in repr(found)


@pytest.mark.parametrize(
    ("incoming", "options", "name"),
    [
        ("imaps://x.example", {}, "incoming"),
        ("imaps://u%0D%0Ax:p@x.example", {}, "incoming"),
        ("imaps://u:p%0Ax@x.example", {}, "incoming"),
        ("imaps://u:p@x.example", {"after": "burn"}, "after"),
        ("imaps://u:p@x.example", {"after": "move:"}, "after"),
        ("imaps://u:p@x.example", {"oauth_token_url": "http://x.example/"}, "oauth_token_url"),
        ("imaps://u:p@x.example", {"oauth_token_url": "https://x.example/"}, "oauth_client_id"),
    ],
)
def test_wrong_settings_are_named(incoming, options, name):
    with pytest.raises(BadSetting) as raised:
        settings.read(incoming, options)
    assert raised.value.name == name
