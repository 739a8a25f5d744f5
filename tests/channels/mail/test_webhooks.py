"""Mail that services post: the same mail comes out byte for byte from every one of them."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from django.db import OperationalError

from apps.cases.models import Case, Interaction
from apps.channels.domain import intake
from apps.channels.driver import BadSetting
from apps.channels.mail.checks import find_mailbox_faults
from apps.channels.mail.webhooks import posting
from apps.channels.mail.webhooks import settings as hooks
from apps.channels.models import Account, InboundMessage
from tests.channels.mail.imap import make_account, make_mail, taken
from tests.channels.mail.posts import (
    ASCII,
    BASIC,
    BYTES,
    KEY,
    POSTS,
    RAW,
    SECRETS,
    TEXT,
    TO,
    URL,
    post_amazon_ses,
    post_mailgun,
    post_mailjet,
    post_mandrill,
    post_postmark,
    post_sendgrid,
    post_sparkpost,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:django-anymail has dropped official support"),
]


def account_of(service, name="support"):
    return make_account(f"webhook+{service}://{SECRETS[service]}", name)


def test_every_service_is_tested():
    assert set(POSTS) == set(hooks.KEYS) == set(SECRETS) == {*BYTES, *TEXT, "mailjet"}


@pytest.mark.parametrize(
    ("service", "raw"), [*((name, RAW) for name in BYTES), *((name, ASCII) for name in TEXT)]
)
def test_posted_mail_is_stored_byte_for_byte_and_once(client, service, raw):
    account = account_of(service)
    for _again in range(2):
        answer = POSTS[service](client, raw)
        assert (answer.status_code, answer.content) == (200, b"")
    assert taken(account) == [raw]
    assert Interaction.objects.get().sender_value == "cleo@example.org"


@pytest.mark.parametrize("service", [*BYTES, *TEXT])
def test_same_bytes_through_another_door_are_the_same_message(client, service):
    account = account_of(service)
    first = intake.receive(account, ASCII, "message/rfc822")
    assert POSTS[service](client, ASCII).status_code == 200
    assert InboundMessage.objects.get().pk == first.inbound


@pytest.mark.parametrize("service", POSTS)
def test_forged_post_is_answered_like_one_to_no_account(client, service):
    account = account_of(service)
    forged = POSTS[service](client, ASCII, forged=True)
    account.delete()
    nowhere = POSTS[service](client, ASCII, forged=True)
    assert forged.status_code == nowhere.status_code == 404
    assert forged.content == nowhere.content
    assert not InboundMessage.objects.exists()


@pytest.mark.parametrize("service", POSTS)
def test_proof_of_one_service_opens_no_account_of_another(client, service):
    other = "mailgun" if service != "mailgun" else "postmark"
    make_account(f"webhook+{other}://{SECRETS[other].replace(KEY, 'other-key-of-ours')}")
    Account.objects.update(incoming=f"webhook+{other}://someone:entirely-else@?key=other")
    assert POSTS[service](client, ASCII).status_code == 404
    assert not InboundMessage.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff\x00", b"a=b", b'{"Type": 1}'])
@pytest.mark.parametrize("service", POSTS)
def test_garbage_without_proof_is_refused(client, service, body):
    account_of(service)
    for kind in ("application/json", "application/x-www-form-urlencoded", "text/plain"):
        assert client.post(URL, body, content_type=kind).status_code == 404
    assert not InboundMessage.objects.exists()


def test_refusal_writes_no_secret_into_the_log(client, caplog):
    account_of("mandrill")
    assert post_mandrill(client, ASCII, forged=True).status_code == 404
    assert "refused a post" in caplog.text
    assert BASIC.partition(":")[2] not in caplog.text


def test_account_without_webhook_is_nowhere(client):
    make_account("imap://u:p@localhost")
    assert post_postmark(client, ASCII).status_code == 404
    Account.objects.update(incoming=f"webhook+postmark://{BASIC}@", is_enabled=False)
    assert post_postmark(client, ASCII).status_code == 404
    Account.objects.update(is_enabled=True)
    assert client.post("/hooks/fax/support/mime").status_code == 404
    assert client.post("/hooks/mail/sup%00port/mime").status_code == 404
    assert client.get(URL).status_code == 405
    assert client.head(URL).status_code == 200
    assert post_postmark(client, ASCII).status_code == 200


def test_amazon_is_asked_for_its_password_whatever_the_account(client):
    headers = {"X-Amz-Sns-Message-Type": "Notification"}
    answers = []
    for service in (None, "amazon-ses"):
        if service:
            account_of(service)
        answer = client.post(URL, b"{}", content_type="text/plain", headers=headers)
        answers.append((answer.status_code, answer.headers["WWW-Authenticate"], answer.content))
    assert answers == [(401, 'Basic realm="webhook"', b"")] * 2


def test_amazons_word_that_the_topic_is_set_up_is_no_mail(client):
    account_of("amazon-ses")
    text = "Successfully validated SNS topic for Amazon SES event publishing."
    assert post_amazon_ses(client, ASCII, Message=text).status_code == 200
    assert not InboundMessage.objects.exists()


def test_notice_of_a_mail_sent_is_refused_with_what_to_do(client):
    account = account_of("amazon-ses")
    sent = json.dumps({"notificationType": "Delivery"})
    answer = post_amazon_ses(client, ASCII, Message=sent)
    assert answer.status_code == 400
    assert "post those received" in answer.content.decode()
    assert "post those received" in next(find_mailbox_faults())
    assert post_amazon_ses(client, ASCII).status_code == 200
    assert not list(find_mailbox_faults())
    assert taken(account) == [ASCII]


def test_parsed_mailgun_fields_are_put_together_the_same_each_time(client):
    account = account_of("mailgun")
    headers = [["From", "Cleo <cleo@example.org>"], ["To", TO], ["Subject", "铃铛"],
               ["Message-Id", "<m1@example.org>"]]  # fmt: skip
    for _again in range(2):
        answer = post_mailgun(
            client,
            None,
            **{
                "message-headers": json.dumps(headers),
                "body-plain": "铃铛坏了。",
                "attachment-count": "1",
                "attachment-1": ("铃.png", b"\x89PNG bell"),
            },
        )
        assert answer.status_code == 200
    assert len(taken(account)) == 1
    found = Interaction.objects.get()
    assert (found.subject, found.text.strip()) == ("铃铛", "铃铛坏了。")
    assert [one.name for one in found.attachments.all()] == ["铃.png"]


def test_parsed_sendgrid_fields_are_put_together(client):
    account = account_of("sendgrid")
    headers = "From: Cleo <cleo@example.org>\nTo: support@test.local\nSubject: The bell\n"
    for _again in range(2):
        fields = {"headers": headers, "text": "铃铛坏了。", "charsets": '{"text": "UTF-8"}'}
        assert post_sendgrid(client, None, **fields).status_code == 200
    assert len(taken(account)) == 1
    assert Interaction.objects.get().text.strip() == "铃铛坏了。"


def test_parsed_postmark_fields_are_put_together(client):
    account = account_of("postmark")
    for _again in range(2):
        assert post_postmark(client, None, TextBody="铃铛坏了。").status_code == 200
    assert len(taken(account)) == 1
    assert Interaction.objects.get().text.strip() == "铃铛坏了。"


def test_mailjet_posts_parsed_fields_alone(client):
    account = account_of("mailjet")
    for _again in range(2):
        assert post_mailjet(client, None).status_code == 200
    assert len(taken(account)) == 1
    found = Interaction.objects.get()
    assert found.text.strip() == "铃铛坏了。"
    assert [one.name for one in found.attachments.all()] == ["bell.png"]


def test_mail_of_25_mebibytes_is_taken_in(client):
    account = account_of("sparkpost")
    raw = make_mail(1, size=25 << 20)
    assert post_sparkpost(client, raw).status_code == 200
    assert taken(account)[0].endswith(raw)
    assert Case.objects.count() == 1


def test_post_beyond_all_bounds_is_refused(client, monkeypatch):
    monkeypatch.setattr(posting, "LARGEST_POST", 1000)
    account_of("postmark")
    assert post_postmark(client, ASCII, TextBody="x" * 1000).status_code == 404
    assert not InboundMessage.objects.exists()


def test_blind_copy_is_marked_with_its_recipient(client):
    account = account_of("mailgun")
    raw = ASCII.replace(b"To: support@test.local", b"To: others@example.org")
    assert post_mailgun(client, raw).status_code == 200
    assert taken(account) == [b"Delivered-To: support@test.local\r\n" + raw]


def test_bounce_is_known_by_its_empty_sender(client):
    account = account_of("mailgun")
    assert post_mailgun(client, ASCII, sender="").status_code == 200
    assert taken(account) == [b"Return-Path: <>\r\n" + ASCII]


@pytest.mark.parametrize(
    ("service", "broken"),
    [
        ("mandrill", {"event": "inbound", "msg": {}}),
        ("sparkpost", {"msys": {"relay_message": {"content": {}}}}),
    ],
)
def test_poison_in_a_batch_stops_no_neighbour(client, service, broken):
    account_of(service)
    assert POSTS[service](client, ASCII, events=[broken]).status_code == 200
    states = InboundMessage.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["quarantined", "accepted"]


def test_post_waits_while_the_database_is_away(client, monkeypatch):
    account_of("postmark")

    def fail(*_words):
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(intake, "_store", fail)
        assert post_postmark(client, ASCII).status_code == 503
    assert post_postmark(client, ASCII).status_code == 200
    assert Case.objects.count() == 1


def test_secrets_are_set_by_the_shell_and_shown_nowhere(client, admin_client):
    call_command("account", "mail", "support", f"address={TO}",
                 f"incoming=webhook+mailgun://{BASIC}@?key=very-secret-key")  # fmt: skip
    account = Account.objects.get()
    assert "very-secret-key" not in repr(hooks.read(account.incoming))
    url = f"/admin/contact_channels/account/{account.pk}/change/"
    page = admin_client.get(url).content.decode()
    assert "webhook+mailgun" in page
    assert "very-secret-key" not in page
    assert BASIC.split(":")[1] not in page


@pytest.mark.parametrize(
    "incoming",
    [
        "webhook+pigeon://hooks:long-enough@",
        "webhook+mailgun://",
        "webhook+mailgun://hooks:short@?key=x",
        "webhook+postmark://",
        "webhook+postmark://hooks@",
        "webhook+postmark://hooks:short@",
        "webhook+postmark://hooks:long-enough@?key=x",
        "webhook+postmark://hooks:l%C3%B6ng-enough@",
        "webhook+postmark://[",
    ],
)
def test_webhook_that_would_prove_nothing_cannot_be_set(incoming):
    with pytest.raises(BadSetting) as refusal:
        hooks.read(incoming)
    assert refusal.value.name == "incoming"
    assert "enough" not in refusal.value.reason
