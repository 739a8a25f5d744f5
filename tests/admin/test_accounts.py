"""Channel accounts: secrets go in and never come out."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.urls import reverse

from apps.channels import domain
from apps.channels.domain import deliver
from apps.channels.domain.testing import Step, check_steps
from apps.channels.models import Account, Delivery, InboundMessage
from tests.channels.conftest import loft, pigeon

__all__ = ["loft", "pigeon"]
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


def said_after(chief, account, **changes) -> str:
    answer = chief.post(page("change", account.pk), fields(**changes))
    assert answer.status_code == 302, answer.content.decode()
    return chief.get(page("change", account.pk)).content.decode()


@pytest.mark.django_db(transaction=True)
def test_check_tells_step_by_step_what_works_and_where_it_ends(chief, account, smtp_relay):
    dead = "imap://u:p@127.0.0.1:9"
    Account.objects.update(outgoing=f"smtp://127.0.0.1:{smtp_relay.port}", incoming=dead)
    press = {"contact_channels_account_save_and_check": "1"}
    said = said_after(chief, account, **press)
    assert f"127.0.0.1 answers on port {smtp_relay.port}." in said
    assert "Sending: the server accepts the log-in." in said
    assert "127.0.0.1 does not answer on port 9 (Connection refused)" in said
    assert "Fetching does not work:" in said
    account.refresh_from_db()
    assert account.last_success_at


def test_check_of_a_name_that_nobody_knows_says_so(chief, account):
    account.outgoing, account.incoming = "smtp://mail.invalid", ""
    steps = list(check_steps(account))
    assert steps[0] == Step("mail.invalid: no such server is known. Check its name.", False)
    assert not any(step.works for step in steps)
    account.outgoing = ""
    assert [step.text for step in check_steps(account)] == [
        "No server is set, so there is nothing to check."
    ]


def test_check_of_an_account_whose_service_posts_says_when_it_did(account):
    account.outgoing, account.incoming = "", "webhook+postmark://user:password8@"
    (step,) = check_steps(account)
    assert (step.works, f"/hooks/mail/{account.name}/mime" in step.text) == (False, True)
    domain.receive(account, b"From: c@example.org\r\n\r\nHello", "message/rfc822")
    (step,) = check_steps(account)
    assert (step.works, "the last time on" in step.text) == (True, True)


@pytest.mark.parametrize("number", [str(2**63), "9" * 40])
def test_number_that_no_database_holds_is_nobodys(chief, account, number):
    for model in ("contact_channels_account", "channel_mail_mailboxstate"):
        address = reverse(f"admin:{model}_change", args=[number])
        assert chief.get(address).status_code == 302
    chosen = {"action": "check_selected", "_selected_action": [number]}
    assert (
        chief.post(reverse("admin:contact_channels_account_changelist"), chosen).status_code == 302
    )


def test_test_message_leaves_by_the_outbox_in_a_case_that_is_closed(chief, account, smtp_relay):
    Account.objects.update(outgoing=f"smtp://127.0.0.1:{smtp_relay.port}", incoming="")
    press = {"contact_channels_account_save_and_test": "1", "test_to": "tester@example.net"}
    said = said_after(chief, account, **press)
    delivery = Delivery.objects.get()
    assert reverse("admin:contact_channels_delivery_change", args=[delivery.pk]) in said
    assert deliver(delivery.pk)
    delivery.refresh_from_db()
    case = delivery.interaction.case
    assert (delivery.state, delivery.account, case.status) == ("sent", account, "closed")
    assert [one.recipients for one in smtp_relay.received] == [("tester@example.net",)]
    assert Delivery.objects.count() == 1  # nobody is told that this case is closed


def test_test_message_goes_to_whoever_presses_and_to_no_account_of_ours(chief, root, account):
    press = {"contact_channels_account_save_and_test": "1"}
    assert "no address" in said_after(chief, account, **press)
    ours = press | {"test_to": account.address}
    assert "no address" in said_after(chief, account, **ours)
    assert not Delivery.objects.exists()
    root.email = "root@example.net"
    root.save()
    said_after(chief, account, **press)
    assert Delivery.objects.get().interaction.recipients[0]["value"] == "root@example.net"


def test_settings_of_the_mailbox_are_kept_and_judged(chief, account):
    chosen = {"folder": "Support", "after": "move:Done", "oauth_scope": "mail"}
    chief.post(page("change", account.pk), fields(**chosen))
    account.refresh_from_db()
    assert {name: account.options[name] for name in chosen} == chosen
    shown = chief.get(page("change", account.pk)).content.decode()
    assert 'value="move:Done"' in shown
    wrong = chief.post(page("change", account.pk), fields(after="burn"))
    assert "Choose keep, seen, delete or move:Folder." in wrong.content.decode()
    chief.post(page("change", account.pk), fields(oauth_token_url="http://evil.example/"))
    account.refresh_from_db()
    assert account.options["after"] == "move:Done"
    assert not account.options.get("oauth_token_url")


def test_lists_say_channels_rules_and_events_in_words(chief, account, cleo_case):
    InboundMessage.objects.create(
        account=account, content_hash="0", content_type="x", size=1, state="ignored", reason="copy"
    )
    for name, word, value in (
        ("contact_channels_account", "Email", ">email<"),
        ("contact_channels_inboundmessage", "A copy of a message that came before", ">copy<"),
        ("cases_caseevent", "Case opened", ">case_opened<"),
    ):
        listed = chief.get(reverse(f"admin:{name}_changelist")).content.decode()
        assert word in listed
        assert value not in listed
    address = reverse("admin:cases_caseevent_changelist")
    assert "0 " in chief.get(address, {"kind": "case_closed"}).content.decode()


def test_account_of_another_channel_is_asked_for_its_own_settings_alone(chief, loft):
    answer = chief.post(page("change", loft.pk), {"address": "dove@example.com", "folder": "x"})
    assert answer.status_code == 302
    loft.refresh_from_db()
    assert loft.address == "dove@example.com"
