from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.cases.files import store
from apps.cases.models import Attachment, Case, Interaction
from apps.channels import domain as channels
from apps.channels.enums import DeliveryState
from apps.channels.models import Account, Delivery
from apps.desk.forms.forwarding import ForwardForm
from apps.desk.models import Upload
from tests.cast import make_interaction
from tests.desk.test_mailing import MAKER, forward, press
from tests.desk.test_uploads import PNG, put


@pytest.fixture
def question(her_case: Case) -> Interaction:
    """A mail of the customer with formatting, a picture in it and a file."""
    picture = store(
        PNG, name="dark.png", content_type="image/png", content_id="dark@cleo", inline=True
    )
    plan = store(b"plan", name="plan.txt", content_type="text/plain")
    html = '<p style="color: red">It <i>flickers</i></p><img src="cid:dark@cleo">'
    html += '<img src="https://tracker.example/x.png">'
    return make_interaction(her_case, text="It flickers", html=html, attachments=[picture, plan])


def ask(ana: Client, case: Case, question: Interaction, **values: object):
    plan = Attachment.objects.get(interaction=question, name="plan.txt")
    typed = {"to": MAKER, "text": "Do you know it?", "interaction": question.pk}
    return forward(ana, case, **typed | {"chosen": [plan.pk]} | values)


def forwarded() -> Interaction:
    return Interaction.objects.get(visibility="internal")


def test_forward_carries_formatting_and_the_quoted_pictures(
    ana: Client, her_case: Case, mailbox: Account, question: Interaction
):
    Account.objects.update(signature="Lamps", options={"signature_html": "<b>Lamps</b>"})
    added = put(ana, her_case, "ours.png", PNG, inline="1", composer="forward")
    picture = json.loads(added.text)["added"][0]["address"]
    html = f'<p>Do <b>you</b> know it?</p><img src="{picture}">'
    ask(ana, her_case, question, html=html)
    sent = forwarded()
    files = {one.name: one for one in sent.attachments.all()}
    assert files.keys() == {"ours.png", "dark.png", "plan.txt"}
    words, _comment, rest = sent.html.partition("<!-- signature -->")
    assert words == (f'<p>Do <b>you</b> know it?</p><img src="cid:{files["ours.png"].content_id}">')
    assert rest.startswith("<b>Lamps</b><p>---------- Forwarded message")
    assert rest.endswith('<p>It <i>flickers</i></p><img src="cid:dark@cleo"></blockquote>')
    assert (files["dark.png"].content_id, files["dark.png"].inline) == ("dark@cleo", True)
    assert (files["plan.txt"].content_id, files["plan.txt"].inline) == ("", False)
    assert sent.text.startswith("Do you know it?")
    assert sent.text.endswith("\n\nIt flickers")


def test_forward_of_plain_words_stays_plain(ana: Client, her_case: Case, mailbox: Account):
    said = make_interaction(her_case, text="It is <dark>")
    forward(ana, her_case, to=MAKER, text="Hm?", interaction=said.pk)
    assert forwarded().html == ""


def test_undo_reopens_the_panel_as_it_was_sent(
    ana: Client, her_case: Case, mailbox: Account, question: Interaction
):
    put(ana, her_case, "photo.txt", b"photo", composer="forward")
    kept = Upload.objects.get().pk
    to = f"{MAKER}, second@lamps.example"
    make_interaction(her_case, text="What the panel would offer first")
    page = ask(ana, her_case, question, to=to, html="<p><b>Hm</b></p>", kept=[kept]).text
    delivery = Delivery.objects.get()
    assert page.count(reverse("desk:undo", args=[delivery.pk])) == 4  # toast and story
    answer = press(ana, "undo", delivery.pk)
    form = answer.context["panel"].form
    plan = Attachment.objects.get(interaction=question, name="plan.txt")
    assert [form[name].value() for name in ("to", "text", "html", "interaction", "chosen")] == [
        to,
        "Hm",
        "<p><b>Hm</b></p>",
        question.pk,
        [plan.pk],
    ]
    again = Upload.objects.get()
    assert (again.name, again.composer) == ("photo.txt", "forward")
    assert f'name="forward-kept" value="{again.pk}" checked' in answer.text
    assert delivery.pk == Delivery.objects.get(state="cancelled").pk


def test_undone_plain_words_come_back_plain(
    ana: Client, her_case: Case, mailbox: Account, question: Interaction
):
    ask(ana, her_case, question)
    assert forwarded().html != ""
    form = press(ana, "undo", Delivery.objects.get().pk).context["panel"].form
    assert (form["text"].value(), form["html"].value()) == ("Do you know it?", "")
    assert not Upload.objects.exists()


def test_second_press_forwards_nothing_more(
    ana: Client, her_case: Case, mailbox: Account, question: Interaction
):
    assert [ask(ana, her_case, question).status_code for _press in range(2)] == [200, 200]
    assert Delivery.objects.count() == 1


def test_refused_forward_keeps_its_files(
    ana: Client, her_case: Case, mailbox: Account, question: Interaction
):
    file = SimpleUploadedFile("photo.txt", b"photo")
    answer = ask(ana, her_case, question, to="cleo@example.org", attachments=[file])
    assert answer.status_code == 422
    assert f'name="forward-kept" value="{Upload.objects.get().pk}" checked' in answer.text
    assert "is the customer" in answer.text


def test_message_that_was_taken_back_cannot_be_forwarded(
    ana: Client, ana_agent: User, her_case: Case, mailbox: Account
):
    sent = [channels.reply(case_id=her_case.pk, actor=ana_agent, text=text) for text in "AB"]
    Delivery.objects.filter(interaction=sent[0]).update(state=DeliveryState.CANCELLED)
    form = ForwardForm(case=her_case)
    offered = form.fields["interaction"].queryset
    assert sent[1] in offered
    assert sent[0] not in offered
