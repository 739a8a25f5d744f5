"""What once answered wrongly."""

import json

import pytest

from apps.channels.domain import receive
from apps.channels.models import Account
from apps.customers import domain as customers
from tests.api.test_inbound import MAIL
from tests.cast import make_case, make_user


@pytest.fixture
def known(lamps):
    """A customer of the team Lamps with two addresses and a case there."""
    customer = customers.create_customer(
        name="Cleo", addresses=[("email", "cleo@example.org"), ("external", "acct-7")]
    )
    make_case(customer, team=lamps)
    return customer


def open_by_identity(client, user, identity):
    client.force_login(user)
    body = {"identity": identity, "channel": "phone", "subject": "Hi", "body": "Words"}
    return client.post("/api/v1/cases/", body, content_type="application/json")


def test_naming_one_address_opens_no_other(client, known, stranger, pumps):
    answer = open_by_identity(client, stranger, "external:acct-7")
    assert answer.status_code == 201
    assert "cleo@example.org" not in answer.content.decode()
    patch = {"identities": ["email:attacker@evil.example"]}
    url = f"/api/v1/customers/{known.pk}/"
    refused = client.patch(url, patch, content_type="application/json")
    assert refused.status_code == 403
    colleague = make_user("second", pumps)
    client.force_login(colleague)
    assert "cleo@example.org" not in client.get(url).content.decode()
    assert known.identities.count() == 2


def test_case_for_a_newcomer_shows_their_address(client, ana_agent):
    answer = open_by_identity(client, ana_agent, "email:new@example.org")
    assert answer.json()["customer"]["identities"] == ["email:new@example.org"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/cases/", {"team": "\u0000"}),
        ("/api/v1/cases/", {"\ud800": 1}),
        ("/api/v1/customers/", {"name": "Ana\nBcc: x@y.example"}),
        ("/api/v1/customers/", {"name": "Ana\u0001x"}),
    ],
)
def test_strange_characters_are_a_400_with_the_field(client, ana_agent, path, body):
    client.force_login(ana_agent)
    answer = client.post(path, json.dumps(body), content_type="application/json")
    assert answer.status_code == 400
    assert any(key in answer.json()["errors"] for key in (*body, "\\ud800"))


def test_nul_in_an_accounts_name_is_a_404(client, ana_agent):
    client.force_login(ana_agent)
    url = "/api/v1/channels/%00/inbound/"
    assert client.post(url, b"x", content_type="message/rfc822").status_code == 404


@pytest.mark.parametrize("number", ["CC-٣", "CC-000001%0a", "CC-1 "])
def test_case_number_has_one_spelling_of_digits(client, ana_agent, cleo_case, number):
    client.force_login(ana_agent)
    assert client.get(f"/api/v1/cases/{number}/").status_code == 404


def test_subject_is_one_line(client, ana_agent, cleo_case):
    client.force_login(ana_agent)
    url = f"/api/v1/cases/{cleo_case.number}/"
    answer = client.patch(
        url, {"subject": "a\r\nBcc: z@x.example"}, content_type="application/json"
    )
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["subject"])


def test_no_exit_of_a_case_opened_by_one_address_names_another(client, known, stranger, mailbox):
    made = open_by_identity(client, stranger, "external:acct-7").json()
    url = f"/api/v1/cases/{made['number']}/interactions/"
    said = {"channel": "email", "direction": "inbound", "body": "They wrote."}
    answered = {"channel": "email", "direction": "outbound", "body": "We answer."}
    for words in (said, answered):
        answer = client.post(url, words, content_type="application/json")
        assert "cleo@example.org" not in answer.content.decode()
    assert answer.status_code == 400


def test_notice_of_a_case_opened_by_one_address_names_no_other(
    client, known, stranger, pumps, mailbox
):
    client.force_login(stranger)
    body = {"identity": "external:acct-7", "channel": "email", "subject": "Hi", "body": "Words"}
    number = client.post("/api/v1/cases/", body, content_type="application/json").json()["number"]
    closed = client.post(f"/api/v1/cases/{number}/close/", {}, content_type="application/json")
    assert closed.status_code == 200
    story = client.get(f"/api/v1/cases/{number}/interactions/").content.decode()
    assert "cleo@example.org" not in story


def test_copy_of_a_mail_that_went_to_another_team_is_read_by_superusers_alone(
    client, mailbox, lamps, pumps, ana_agent, sam_supervisor, stranger, root
):
    Account.objects.create(channel="email", name="pumps", address="help@pumps.example", team=pumps)
    taken = receive(mailbox, MAIL, "message/rfc822")
    copy = receive(Account.objects.get(name="pumps"), b"X-Way: 2\r\n" + MAIL, "message/rfc822")
    assert (copy.state, copy.case) == ("ignored", taken.case)
    url = f"/api/v1/inbound/{copy.inbound}/raw/"
    for reader in (stranger, ana_agent, sam_supervisor, root):
        client.force_login(reader)
        assert client.get(url).status_code == (200 if reader == root else 404)


def test_case_opened_by_one_address_shows_no_other_in_list_and_detail(client, known, stranger):
    number = open_by_identity(client, stranger, "external:acct-7").json()["number"]
    for path in (f"cases/{number}/", "cases/"):
        assert "cleo@example.org" not in client.get(f"/api/v1/{path}").content.decode()


def test_case_opened_by_one_address_shows_all_to_whoever_knows_them(
    client, known, stranger, pumps, lamps
):
    number = open_by_identity(client, stranger, "external:acct-7").json()["number"]
    client.force_login(make_user("both", pumps, lamps))
    assert "cleo@example.org" in client.get(f"/api/v1/cases/{number}/").content.decode()
    assert "cleo@example.org" in client.get("/api/v1/cases/").content.decode()
