"""Channel accounts: secrets go in and never come out."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.urls import reverse

from apps.channels.models import Account

SECRET = "pass-with-%2Fsigns"
SERVER = f"smtp+starttls://help:{SECRET}@mail.lamps.example:587"


def page(name: str, *args) -> str:
    return reverse(f"admin:contact_channels_account_{name}", args=args)


@pytest.fixture
def chief(client, root):
    client.force_login(root)
    return client


@pytest.fixture
def account(lamps):
    return Account.objects.create(
        channel="email",
        name="support",
        address="help@lamps.example",
        team=lamps,
        outgoing=SERVER,
        incoming=f"imaps://help:{SECRET}@mail.lamps.example",
    )


def fields(**changes) -> dict[str, str]:
    return {"address": "help@lamps.example", "is_enabled": "on", "signature": ""} | changes


def test_account_is_created_with_its_servers(chief, lamps):
    new = fields(channel="email", name="sales", outgoing=SERVER, team=lamps.pk, default="on")
    answer = chief.post(page("add"), new | {"reopen_days": "7"})
    account = Account.objects.get()
    assert answer.status_code == 302
    assert (account.name, account.team, account.is_default, account.outgoing) == (
        "sales",
        lamps,
        True,
        SERVER,
    )
    assert account.options["reopen_days"] == "7"


def test_password_is_in_no_page_history_or_database_column(chief, account):
    chief.post(page("change", account.pk), fields(display_name="Lamps"))
    shown = [
        chief.get(address).content.decode()
        for address in (
            page("changelist"),
            page("change", account.pk),
            page("history", account.pk),
            page("simple_history", account.pk, account.history.first().pk),
        )
    ]
    kept = json.dumps(list(account.history.values()), default=str)
    assert not any(SECRET in text for text in [*shown, kept])
    assert "smtp+starttls://help:•••@mail.lamps.example:587" in shown[1]


def test_password_is_not_sent_back_with_an_error(chief, account):
    wrong = fields(outgoing=SERVER.replace("smtp+", "ftp+"), address="nonsense")
    answer = chief.post(page("change", account.pk), wrong)
    assert answer.status_code == 200
    assert SECRET not in answer.content.decode()
    account.refresh_from_db()
    assert account.outgoing == SERVER


def test_empty_field_keeps_server_and_new_value_replaces_it(chief, account):
    chief.post(page("change", account.pk), fields(display_name="Lamps"))
    account.refresh_from_db()
    assert (account.display_name, account.outgoing) == ("Lamps", SERVER)
    chief.post(page("change", account.pk), fields(outgoing="smtp://relay.example:25"))
    account.refresh_from_db()
    assert account.outgoing == "smtp://relay.example:25"
    assert SECRET in account.incoming


def test_server_is_removed_when_asked(chief, account):
    chief.post(page("change", account.pk), fields(forget_incoming="on"))
    account.refresh_from_db()
    assert (account.incoming, account.outgoing) == ("", SERVER)


def test_wrong_server_is_refused_at_its_field(chief, account):
    answer = chief.post(page("change", account.pk), fields(outgoing="gopher://x"))
    assert set(answer.context["adminform"].form.errors) == {"outgoing"}


def test_default_mark_moves_between_accounts(chief, account, lamps):
    other = Account.objects.create(channel="email", name="sales", is_default=True)
    chief.post(page("change", account.pk), fields(default="on"))
    account.refresh_from_db()
    other.refresh_from_db()
    assert (account.is_default, other.is_default) == (True, False)


def test_check_says_what_to_mend(chief, account, django_capture_on_commit_callbacks):
    Account.objects.update(outgoing="smtp://127.0.0.1:9")
    with django_capture_on_commit_callbacks(execute=True):
        answer = chief.post(
            page("change", account.pk),
            fields(contact_channels_account_save_and_check="1"),
            follow=False,
        )
    account.refresh_from_db()
    said = chief.get(page("change", account.pk)).content.decode()
    assert answer.status_code == 302
    assert account.last_error
    assert account.last_error.split(".")[0] in said
    chosen = {"action": "check_selected", "_selected_action": [account.pk]}
    assert chief.post(page("changelist"), chosen).status_code == 302


def test_secret_is_encrypted_at_rest(account):
    with connection.cursor() as cursor:
        cursor.execute("SELECT incoming, outgoing FROM contact_channels_account")
        row = cursor.fetchone()
    assert not any(SECRET in value for value in row)
