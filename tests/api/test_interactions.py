from __future__ import annotations

import pytest

from apps.cases import domain, files
from apps.channels.models import Delivery
from tests.cast import make_interaction

SHAPE = {
    "id",
    "case",
    "channel",
    "direction",
    "visibility",
    "author",
    "subject",
    "text",
    "text_folded",
    "html",
    "attachments",
    "occurred_at",
    "received_at",
    "delivery",
    "raw_url",
}


def say(client, case, **fields):
    words = {"channel": "phone", "direction": "outbound", "body": "Good news."}
    return client.at("post", f"cases/{case.number}/interactions/", words | fields)


def test_list_has_agreed_shape_oldest_first(ana, cleo_case):
    make_interaction(cleo_case, text="Second", html="<p>Second</p>", text_folded="Sec")
    rows = ana.at("get", f"cases/{cleo_case.number}/interactions/").json()["results"]
    assert all(set(row) >= SHAPE for row in rows)
    first, second = rows
    assert (first["text"], first["case"]) == ("It flickers since this morning.", cleo_case.number)
    assert (second["text"], second["text_folded"], second["html"]) == (
        "Second",
        "Sec",
        "<p>Second</p>",
    )
    assert first["sender"] == {"identity": "email:cleo@example.org", "name": "Cleo"}
    assert (first["author"], first["delivery"], first["raw_url"]) == (None, None, None)


def test_call_is_recorded_public_and_by_its_author(ana, cleo_case):
    answer = say(ana, cleo_case, to=["13800138000"])
    shown = answer.json()
    assert answer.status_code == 201
    assert (shown["visibility"], shown["author"], shown["delivery"], shown["to"]) == (
        "public",
        "ana",
        None,
        [{"identity": "phone:+8613800138000", "name": ""}],
    )
    assert ana.at("get", f"cases/{cleo_case.number}/").json()["first_reply_at"] is not None


def test_inbound_is_recorded_as_the_customers_word(ana, cleo_case):
    shown = say(ana, cleo_case, direction="inbound", body="It is dark again.").json()
    assert (shown["author"], shown["sender"]["identity"]) == (None, "email:cleo@example.org")


def test_note_is_internal_unless_said_and_never_public(ana, cleo_case):
    shown = say(ana, cleo_case, channel="internal").json()
    refused = say(ana, cleo_case, channel="internal", visibility="public")
    assert (shown["visibility"], refused.status_code) == ("internal", 400)
    assert set(refused.json()["errors"]) == {"visibility"}


def test_mail_is_queued_at_once_to_the_customer(ana, cleo_case, mailbox):
    answer = say(ana, cleo_case, channel="email", subject="Your lamp")
    shown = answer.json()
    assert answer.status_code == 201
    assert shown["delivery"]["state"] == "queued"
    assert set(shown["delivery"]) == {"state", "attempts", "next_attempt_at", "detail"}
    assert shown["to"] == [{"identity": "email:cleo@example.org", "name": "Cleo"}]
    assert Delivery.objects.get().held_until is None


def test_mail_goes_to_given_addresses(ana, cleo_case, mailbox):
    shown = say(ana, cleo_case, channel="email", to=["Bea@example.org"], cc=["c@example.org"])
    parties = [[one["identity"] for one in shown.json()[name]] for name in ("to", "cc")]
    assert parties == [["email:bea@example.org"], ["email:c@example.org"]]


def test_internal_word_on_email_is_never_sent(ana, cleo_case, mailbox):
    shown = say(ana, cleo_case, channel="email", visibility="internal").json()
    assert (shown["visibility"], shown["delivery"]) == ("internal", None)
    assert not Delivery.objects.exists()


def test_mail_without_account_is_409(ana, cleo_case):
    assert say(ana, cleo_case, channel="email").status_code == 409


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"channel": "pigeon"}, {"channel"}),
        ({"direction": "sideways"}, {"direction"}),
        ({"visibility": "secret"}, {"visibility"}),
        ({"body": ""}, {"body"}),
        ({"to": []}, {"to"}),
        ({"to": ["nonsense"]}, {"to"}),
        ({"channel": "email", "to": ["nonsense"]}, {"to"}),
        ({"channel": "email", "to": ["a@b.example\nBcc: x@y.example"]}, {"to"}),
        ({"to": "a@b.example"}, {"to"}),
        ({"channel": "internal", "to": ["a@b.example"]}, {"to"}),
        ({"html": "<b>x</b>"}, {"html"}),
        ({"author": "ben"}, {"author"}),
    ],
)
def test_bad_field_is_400_with_its_name(ana, cleo_case, mailbox, change, fields):
    answer = say(ana, cleo_case, **change)
    assert (answer.status_code, set(answer.json()["errors"])) == (400, fields)


def add_file(case, visibility="public"):
    stored = files.store(b"<script>", name="灯.html", content_type="text/html")
    return make_interaction(case, attachments=[stored], visibility=visibility).attachments.get()


def test_attachment_is_a_download_and_never_a_page(ana, cleo_case):
    add_file(cleo_case)
    rows = ana.at("get", f"cases/{cleo_case.number}/interactions/").json()["results"]
    shown = rows[-1]["attachments"][0]
    answer = ana.at("get", shown["url"])
    assert (shown["name"], shown["content_type"], shown["size"]) == ("灯.html", "text/html", 8)
    assert answer.content == b"<script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%E7")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_attachment_of_foreign_case_is_404(outsider, cleo_case):
    attachment = add_file(cleo_case)
    assert outsider.at("get", f"attachments/{attachment.pk}/").status_code == 404


def test_lost_file_is_404(ana, cleo_case):
    attachment = add_file(cleo_case)
    attachment.file.storage.delete(attachment.file.name)
    assert ana.at("get", f"attachments/{attachment.pk}/").status_code == 404


def test_note_stands_in_the_agents_list_and_nowhere_public(ana, ana_agent, cleo_case):
    domain.note(case_id=cleo_case.pk, actor=ana_agent, text="Between us.")
    rows = ana.at("get", f"cases/{cleo_case.number}/interactions/").json()["results"]
    assert [row["visibility"] for row in rows] == ["public", "internal"]


def test_note_tells_whom_it_names_as_in_the_desk(ana, outsider, stranger, cleo_case):
    path = f"cases/{cleo_case.number}/"
    assert outsider.at("get", path).status_code == 404
    note = {"channel": "internal", "direction": "outbound", "body": f"@{stranger.username} look"}
    assert ana.at("post", f"{path}interactions/", note).status_code == 201
    assert outsider.at("get", path).status_code == 200
    told = outsider.at("get", "notifications/").json()["results"]
    assert [(one["case"], one["kind"]) for one in told] == [(cleo_case.number, "mentioned")]
