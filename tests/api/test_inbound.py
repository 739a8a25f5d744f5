from __future__ import annotations

import pytest

from apps.cases.models import Case
from apps.channels.models import Account, InboundMessage

MAIL = (
    b"From: Cleo <cleo@example.org>\r\nTo: help@lamps.example\r\nSubject: Dark\r\n"
    b"Message-ID: <one@example.org>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\n"
    b"It is dark here.\r\n"
)


def post(client, raw=MAIL, account="support", content_type="message/rfc822"):
    return client.at("post", f"channels/{account}/inbound/", raw, content_type=content_type)


def test_mail_is_stored_and_answered_as_the_command_does(ana, mailbox):
    answer = post(ana)
    inbound = InboundMessage.objects.get()
    assert answer.status_code == 202
    assert answer.json() == {
        "stored": True,
        "duplicate": False,
        "inbound": inbound.pk,
        "case": Case.objects.get().number,
        "interaction": inbound.interaction_id,
        "state": "accepted",
    }


def test_same_bytes_again_answer_with_the_first_numbers(ana, mailbox):
    first, second = post(ana), post(ana)
    assert second.status_code == 202
    assert second.json() == first.json() | {"duplicate": True}
    assert Case.objects.count() == 1


def test_raw_url_gives_the_bytes_to_leads(ana, chief, outsider, mailbox):
    number = post(ana).json()["case"]
    rows = [
        client.at("get", f"cases/{number}/interactions/").json()["results"][0]
        for client in (ana, chief)
    ]
    assert rows[0]["raw_url"] is None
    answers = [client.at("get", rows[1]["raw_url"]) for client in (ana, chief, outsider)]
    assert [answer.status_code for answer in answers] == [404, 200, 404]
    assert answers[1].content == MAIL
    assert answers[1].headers["Content-Type"] == "application/octet-stream"


def test_raw_input_in_quarantine_is_for_the_accounts_team(ana, outsider, mailbox):
    pk = post(ana).json()["inbound"]
    InboundMessage.objects.update(state="quarantined", case=None, interaction=None)
    codes = [client.at("get", f"inbound/{pk}/raw/").status_code for client in (ana, outsider)]
    assert codes == [200, 404]


def test_raw_input_whose_case_went_to_another_team_is_for_superusers(
    api_of, ana, chief, outsider, sam_supervisor, mailbox, pumps
):
    pk = post(ana).json()["inbound"]
    lead = api_of(sam_supervisor)
    assert lead.at("get", f"inbound/{pk}/raw/").status_code == 200
    Case.objects.update(team=pumps)
    clients = (ana, lead, outsider, chief)
    codes = [client.at("get", f"inbound/{pk}/raw/").status_code for client in clients]
    assert codes == [404, 404, 404, 200]


@pytest.mark.parametrize("name", ["support", "email:support", "mail:support"])
def test_account_is_named_with_or_without_channel(ana, mailbox, name):
    assert post(ana, account=name).status_code == 202


@pytest.mark.parametrize("name", ["nobody", "fax:support", "support:email", "a/b"])
def test_unknown_account_is_404(ana, mailbox, name):
    assert post(ana, account=name).status_code == 404


def test_account_of_another_team_is_404(outsider, mailbox):
    assert post(outsider).status_code == 404
    assert not InboundMessage.objects.exists()


def test_disabled_account_takes_nothing_as_the_command_does(ana, mailbox):
    Account.objects.update(is_enabled=False)
    assert post(ana).status_code == 404
    assert not InboundMessage.objects.exists()


@pytest.mark.parametrize("kind", ["image/tiff", "text/html", "multipart/form-data; boundary=x"])
def test_content_type_that_no_driver_takes_is_415(ana, mailbox, kind):
    assert post(ana, content_type=kind).status_code == 415


def test_empty_body_is_400(ana, mailbox):
    path = "/api/v1/channels/support/inbound/"
    answer = ana.generic("POST", path, b"", CONTENT_TYPE="message/rfc822")
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"body"})


def test_body_at_the_bound_is_taken_and_beyond_is_413(ana, mailbox, settings):
    settings.API_MAX_INBOUND_BYTES = len(MAIL)
    assert post(ana, raw=MAIL + b"x").status_code == 413
    assert not InboundMessage.objects.exists()
    assert post(ana).status_code == 202


def test_bound_takes_25_mebibytes(settings):
    assert settings.API_MAX_INBOUND_BYTES == 25 * 1024 * 1024


def test_mail_that_cannot_be_read_is_stored_all_the_same(ana, mailbox):
    answer = post(ana, raw=b"\x00\xff\xfe not a mail")
    assert answer.status_code == 202
    assert answer.json()["stored"] is True


def test_accounts_of_one_name_are_told_apart_by_content_type(ana, mailbox, lamps):
    Account.objects.create(channel="carrier-pigeon", name="support", team=lamps)
    assert post(ana).status_code == 202
