from __future__ import annotations

import pytest
from django.core.management import call_command

from apps.channels import registry
from apps.channels.driver import BadSetting, Driver
from apps.channels.mail.accounts import OUTGOING, Server, clean_settings, read_server
from apps.channels.mail.mailbox import settings
from apps.channels.models import Account


def test_driver_is_registered_under_both_names():
    driver = registry.get("mail")
    assert driver is registry.get("email")
    assert isinstance(driver, Driver)


def test_settings_are_normalised():
    values = {"address": " Support@例子.CN ", "outgoing": "smtp://127.0.0.1:2525", "incoming": ""}
    assert clean_settings(values) == {
        "address": "support@xn--fsqu00a.cn",
        "outgoing": "smtp://127.0.0.1:2525",
        "incoming": "",
    }


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mx.example.org", Server("smtp", "mx.example.org", 25)),
        (
            "smtps://a%40b.c:p%3A%2F%20w@mx.example.org",
            Server("smtps", "mx.example.org", 465, "a@b.c", "p:/ w"),
        ),
        ("smtp+starttls://u:p@[::1]:2587/", Server("smtp+starttls", "::1", 2587, "u", "p")),
    ],
)
def test_server_is_read(url, server):
    assert read_server("outgoing", url, OUTGOING) == server


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("address", "nobody"),
        ("address", "support+x@example.com"),
        ("address", "a@b.c\r\nBcc: x@y.z"),
        ("outgoing", "imap://mx.example.org"),
        ("outgoing", "mx.example.org"),
        ("outgoing", "smtp://"),
        ("outgoing", "smtp://mx.example.org:notaport"),
        ("outgoing", "smtp://u:secret@mx example.org"),
        ("outgoing", "smtp://u:se/cret@mx.example.org"),
        ("outgoing", "smtp://[::1"),
        ("incoming", "pop3://mx.example.org"),
        ("adress", "a@b.c"),
    ],
)
def test_wrong_setting_is_named_and_no_secret_repeated(name, value):
    with pytest.raises(BadSetting) as refusal:
        clean_settings({name: value})
    assert refusal.value.name == name
    assert "cret" not in refusal.value.reason


@pytest.mark.django_db
def test_what_a_mailbox_is_told_is_set_by_the_shell():
    words = ["incoming=imaps://u:p@x.example", "folder=Help", "after=move:Done",
             "oauth_token_url=https://x.example/token", "oauth_client_id=portal",
             "oauth_scope=mail"]  # fmt: skip
    call_command("account", "mail", "support", *words)
    account = Account.objects.get()
    found = settings.read(account.incoming, account.options)
    assert (found.folder, found.after, found.target) == ("Help", "move", "Done")
    assert found.oauth is not None
    assert (found.oauth.client_id, found.oauth.scope) == ("portal", "mail")
