from __future__ import annotations

import base64
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.cases.files import attachment_storage
from apps.cases.models import Attachment, Case
from apps.channels.models import Account, Delivery
from apps.desk import composing, uploads
from apps.desk.models import Upload
from tests.desk.test_composing import HTMX, send

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def put(client: Client, case: Case, name: str, body: bytes, **values: str):
    composer = values.pop("composer", "reply")
    address = reverse("desk:uploads", args=[case.number, composer])
    return client.post(address, {"files": [SimpleUploadedFile(name, body)], **values})


def stored_files() -> int:
    folders, _files = attachment_storage().listdir("")
    return sum(len(attachment_storage().listdir(folder)[1]) for folder in folders)


def test_file_waits_in_the_composer_and_leaves_with_the_answer(
    ana: Client, her_case: Case, mailbox: Account
):
    answer = put(ana, her_case, "plan.txt", b"plan")
    upload = Upload.objects.get()
    assert f'name="reply-kept" value="{upload.pk}" checked' in json.loads(answer.text)["kept"]
    page = ana.get(reverse("desk:case", args=[her_case.number])).text
    assert f'value="{upload.pk}" checked' in page
    send(ana, her_case, kept=[upload.pk])
    sent = Attachment.objects.get()
    assert (sent.name, sent.file.read(), sent.inline) == ("plan.txt", b"plan", False)
    assert not Upload.objects.exists()


def test_unticked_file_does_not_leave_and_does_not_stay(
    ana: Client, her_case: Case, mailbox: Account, django_capture_on_commit_callbacks
):
    put(ana, her_case, "plan.txt", b"plan")
    before = stored_files()
    with django_capture_on_commit_callbacks(execute=True):
        send(ana, her_case)
    assert not Attachment.objects.exists()
    assert not Upload.objects.exists()
    assert stored_files() == before - 1


def test_refused_form_keeps_its_files(ana: Client, her_case: Case, mailbox: Account):
    file = SimpleUploadedFile("plan.txt", b"plan")
    answer = send(ana, her_case, to="nobody", attachments=[file])
    upload = Upload.objects.get()
    assert f'value="{upload.pk}" checked' in answer.text
    send(ana, her_case, kept=[upload.pk])
    assert Attachment.objects.get().file.read() == b"plan"


def test_undo_gives_back_words_people_files_and_pictures(
    ana: Client, her_case: Case, mailbox: Account
):
    Account.objects.update(signature="Lamps", options={"signature_html": "<b>Lamps</b>"})
    put(ana, her_case, "plan.txt", b"plan")
    picture = json.loads(put(ana, her_case, "lamp.png", PNG, inline="1").text)["added"][0]
    html = f'<p>See <b>this</b></p><img src="{picture["address"]}" alt="lamp">'
    kept = Upload.objects.get(content_id="").pk
    send(ana, her_case, text="See this", html=html, cc="dan@example.net", kept=[kept])
    delivery = Delivery.objects.get()
    said = delivery.interaction
    assert {(one.name, one.inline) for one in said.attachments.all()} == {
        ("plan.txt", False),
        ("lamp.png", True),
    }
    assert f'src="cid:{said.attachments.get(inline=True).content_id}"' in said.html
    assert said.text == "See this\n\nlamp\n\n-- \nLamps\n"
    page = ana.post(reverse("desk:undo", args=[delivery.pk]), headers=HTMX).text
    again = Upload.objects.exclude(content_id="").get()
    shown = f"/desk/uploads/{again.pk}/"
    assert f"See &lt;b&gt;this&lt;/b&gt;&lt;/p&gt;&lt;img src=&quot;{shown}&quot;" in page
    assert "&lt;b&gt;Lamps" not in page
    assert f'name="reply-kept" value="{Upload.objects.get(content_id="").pk}" checked' in page
    assert 'value="dan@example.net"' in page
    assert ana.get(shown).content == PNG


def test_second_press_with_files_answers_with_the_case(
    ana: Client, her_case: Case, mailbox: Account
):
    put(ana, her_case, "plan.txt", b"plan")
    kept = [Upload.objects.get().pk]
    assert [send(ana, her_case, kept=kept).status_code for _press in range(2)] == [302, 302]
    assert Attachment.objects.count() == 1


def test_file_that_is_gone_is_said_so(ana: Client, her_case: Case, mailbox: Account):
    answer = send(ana, her_case, kept=[10**9])
    assert answer.status_code == 422
    assert "A file is not there any more." in answer.text


@pytest.mark.parametrize(
    ("name", "body", "inline", "sentence"),
    [
        ("big.bin", b"x" * (20 * 1024 * 1024 + 1), "", "This file is larger than 20 MB and cannot"),
        ("page.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "1", "Only PNG, JPEG, GIF"),
    ],
)
def test_what_cannot_be_attached_is_refused_in_a_sentence(
    ana: Client, her_case: Case, name: str, body: bytes, inline: str, sentence: str
):
    answer = put(ana, her_case, name, body, **({"inline": inline} if inline else {}))
    assert answer.status_code == 422
    assert sentence in json.loads(answer.text)["problem"]
    assert not Upload.objects.exists()


def test_uploads_are_seen_and_sent_by_their_writer_alone(
    ana: Client, ben_agent: User, at_desk, foreigner: Client, her_case: Case, mailbox: Account
):
    picture = json.loads(put(ana, her_case, "lamp.png", PNG, inline="1").text)["added"][0]
    upload = Upload.objects.get()
    for client in (at_desk(ben_agent), foreigner):
        assert client.get(picture["address"]).status_code == 404
    assert put(foreigner, her_case, "x.txt", b"x").status_code == 404
    ben = at_desk(ben_agent)
    stolen = f'<p>x</p><img src="{picture["address"]}">'
    assert send(ben, her_case, html=stolen, kept=[upload.pk]).status_code == 422
    send(ben, her_case, html=stolen)
    assert not Attachment.objects.exists()
    assert Upload.objects.filter(pk=upload.pk).exists()


def test_note_has_files_of_its_own(ana: Client, her_case: Case):
    put(ana, her_case, "secret.txt", b"s", composer="note")
    upload = Upload.objects.get()
    note = {"note-key": "k", "note-text": "See", "note-kept": [upload.pk]}
    ana.post(reverse("desk:note", args=[her_case.number]), note)
    assert Attachment.objects.get().interaction.is_internal
    assert put(ana, her_case, "x", b"x", composer="call").status_code == 404


def test_file_that_left_with_another_message_meanwhile_is_missed_before_sending(
    ana: Client, ana_agent: User, her_case: Case, mailbox: Account
):
    """Two windows, two answers: the second one must not say that it carries a removed file."""
    put(ana, her_case, "plan.txt", b"plan")
    form = {"text": "See the plan.", "to": ["cleo@example.org"], "cc": [], "html": ""}
    upload = Upload.objects.get()
    values = form | {"attachments": [], "kept": [upload], "later": None, "key": "second"}
    send(ana, her_case)  # the first one leaves it out, so it is removed
    with pytest.raises(uploads.FileGone):
        composing.send_reply(case=her_case, actor=ana_agent, values=values)
    assert Delivery.objects.count() == 1
    assert not Attachment.objects.exists()
