from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from apps.channels import registry
from apps.channels.driver import AccountView, BadSetting, Driver
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


@pytest.mark.parametrize("secret", ["pa#s/wo?rd", "p/w", "p?w", "p#w", "p[w", "p w", "p@x/w"])
@pytest.mark.parametrize("name", ["incoming", "outgoing"])
def test_password_that_is_not_encoded_is_refused_with_how_to_write_it(name, secret):
    scheme = "imap" if name == "incoming" else "smtp"
    with pytest.raises(BadSetting) as refusal:
        clean_settings({name: f"{scheme}://user:{secret}@mail.example.org:143"})
    assert refusal.value.name == name
    assert "/ as %2F, ? as %3F, # as %23, % as %25" in refusal.value.reason
    assert f"{scheme}://user:password@mail.example.org" in refusal.value.reason
    assert secret not in refusal.value.reason


@pytest.mark.django_db
def test_misspelt_setting_is_told_every_one_that_works(lamps):
    with pytest.raises(CommandError) as refusal:
        call_command("account", "mail", "support", "bogus=1")
    known = str(refusal.value).split("Settings: ")[1].split(", ")
    assert {"address", "incoming", "outgoing", "team", "default", "acknowledge", "hours"} <= {
        *known
    }
    assert len(known) == len(set(known))
    values = {"team": "Lamps", "address": "a@b.example", "incoming": "imap://u:p@h", "outgoing": "smtp://h",
              "after": "seen", "timezone": "UTC", "closed_days": "2026-12-25", "reopen_days": "3",
              "hours": "Mon-Fri 09:00-18:00", "oauth_token_url": "https://x.example/t",
              "oauth_client_id": "portal"}  # fmt: skip
    call_command("account", "mail", "support", *(f"{one}={values.get(one, '1')}" for one in known))


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


def test_no_repr_tells_a_secret():
    """A page of errors shows what stands in variables."""
    url = "smtp://ana:s3cret@mail.example.org"
    view = AccountView(id=1, name="x", incoming=url, outgoing=url, options={"oauth_secret": url})
    server = read_server("outgoing", url, {"smtp": 25})
    assert server.password == "s3cret"
    assert "s3cret" not in f"{view!r} {server!r}"
