from __future__ import annotations

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.cases import domain
from apps.cases.files import attachment_storage
from apps.cases.models import Attachment, Case, CaseFollower, Interaction
from apps.channels.models import Account, Delivery
from apps.desk.forms.fields import parse_addresses
from tests.cast import make_interaction

HTMX = {"HX-Request": "true"}


def reply_to(case: Case, **fields: object) -> dict[str, object]:
    values = {
        "reply-key": "one-press",
        "reply-to": "cleo@example.org",
        "reply-cc": "",
        "reply-seen": case.interactions.latest("pk").pk,
        "reply-text": "We come at ten.",
    }
    return values | {f"reply-{name}": value for name, value in fields.items()}


def send(client: Client, case: Case, **fields: object):
    return client.post(reverse("desk:reply", args=[case.number]), reply_to(case, **fields))


def test_reply_is_recorded_held_and_shown(
    ana: Client, ana_agent: User, her_case: Case, mailbox: Account
):
    answer = send(ana, her_case, cc="Ben <ben@example.net>; dora@example.net")
    said = her_case.interactions.get(direction="outbound")
    delivery = Delivery.objects.get()
    assert answer["Location"] == reverse("desk:case", args=[her_case.number])
    assert said.text_folded == "We come at ten."
    assert said.author == ana_agent
    assert [party["value"] for party in said.recipients] == ["cleo@example.org"]
    assert [party["value"] for party in said.copies] == ["ben@example.net", "dora@example.net"]
    assert (delivery.interaction, delivery.state) == (said, "held")
    assert "We come at ten." in ana.get(answer["Location"]).text


def test_reply_by_htmx_answers_with_the_case_and_news_for_the_list(
    ana: Client, her_case: Case, mailbox: Account
):
    answer = ana.post(
        reverse("desk:reply", args=[her_case.number]), reply_to(her_case), headers=HTMX
    )
    assert json.loads(answer["HX-Trigger"]) == {"case-changed": {}}
    assert "We come at ten." in answer.text
    assert re.search(r'<textarea class="write"\s+name="reply-text"[^>]*></textarea>', answer.text)
    assert "<html" not in answer.text


def test_second_press_changes_nothing(ana: Client, her_case: Case, mailbox: Account):
    for _ in range(2):
        upload = SimpleUploadedFile("plan.txt", b"plan")
        assert send(ana, her_case, attachments=[upload]).status_code == 302
    assert her_case.interactions.filter(direction="outbound").count() == 1
    assert Delivery.objects.count() == 1
    assert Attachment.objects.count() == 1
    folders, _files = attachment_storage().listdir("")
    kept = [name for folder in folders for name in attachment_storage().listdir(folder)[1]]
    assert Attachment.objects.get().file.name.split("/")[1] in kept


def test_same_key_of_somebody_else_is_another_press(
    ana: Client, ben_agent: User, at_desk, her_case: Case
):
    for client in (ana, at_desk(ben_agent)):
        client.post(
            reverse("desk:note", args=[her_case.number]), {"note-key": "k", "note-text": "Hi"}
        )
    assert her_case.interactions.filter(visibility="internal").count() == 2


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("to", "", "Say whom the answer goes to."),
        ("to", "nobody", "“nobody” is no email address."),
        ("to", "not an address", "“not an address” is no email address. Write it as name@domain."),
        ("cc", "a@b.example, x <y", "“x &lt;y” is no email address."),
        ("cc", "x@", "is no email address."),
        ("text", "   ", "Write something first."),
    ],
)
def test_wrong_reply_comes_back_as_its_own_part_with_what_was_typed(
    ana: Client, her_case: Case, mailbox: Account, field: str, value: str, sentence: str
):
    typed = {"text": "Typed with care"} | {field: value}
    part = ana.post(
        reverse("desk:reply", args=[her_case.number]), reply_to(her_case, **typed), headers=HTMX
    )
    whole = send(ana, her_case, **typed)
    assert (part.status_code, whole.status_code) == (422, 422)
    assert (part["HX-Retarget"], part["HX-Reswap"]) == ("#composer", "outerHTML")
    assert part.text.strip().startswith('<div class="composer')
    for page in (part.text, whole.text):
        assert sentence in page
        assert (typed["text"] if field != "text" else 'value="cleo@example.org"') in page
    assert her_case.interactions.count() == 1


def test_reply_without_an_account_says_so_and_keeps_the_text(ana: Client, her_case: Case):
    answer = send(ana, her_case, attachments=[SimpleUploadedFile("a.txt", b"a")])
    assert answer.status_code == 422
    assert "No account of the channel" in answer.text
    assert "We come at ten." in answer.text
    assert Attachment.objects.count() == 0


def test_reply_that_was_overtaken_is_held_back_once(ana: Client, her_case: Case, mailbox: Account):
    typed = reply_to(her_case)
    make_interaction(her_case, text="It works again.")
    address = reverse("desk:reply", args=[her_case.number])
    first = ana.post(address, typed)
    assert first.status_code == 422
    assert "The customer wrote again meanwhile." in first.text
    assert "We come at ten." in first.text
    seen = re.search(r'name="reply-seen" value="(\d+)"', first.text)[1]
    assert ana.post(address, typed | {"reply-seen": seen}).status_code == 302
    assert her_case.interactions.filter(direction="outbound").count() == 1


def test_reply_tells_who_answered_meanwhile(
    ana: Client, ben_agent: User, her_case: Case, mailbox: Account
):
    typed = reply_to(her_case)
    make_interaction(her_case, text="Done.", direction="outbound", author=ben_agent)
    page = ana.post(reverse("desk:reply", args=[her_case.number]), typed).text
    assert "Ben answered meanwhile." in page


def written(her_case: Case, composer: str) -> dict[str, object]:
    """What a composer sends whose page showed the case open."""
    values: dict[str, object] = {"note-key": "k"} if composer == "note" else reply_to(her_case)
    return values | {f"{composer}-ended": "", f"{composer}-text": "Typed with care"}


@pytest.mark.parametrize("composer", ["reply", "note"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_words_for_a_case_closed_meanwhile_are_held_back_once(
    ana: Client,
    ben_agent: User,
    her_case: Case,
    mailbox: Account,
    composer: str,
    headers: dict[str, str],
):
    address = reverse(f"desk:{composer}", args=[her_case.number])
    typed = written(her_case, composer)
    closed = domain.close_case(case_id=her_case.pk, actor=ben_agent, outcome="agreed")
    before = her_case.interactions.count()
    first = ana.post(address, typed, headers=headers)
    assert first.status_code == 422
    time = f"{timezone.localtime(closed.closed_at):%H:%M}"
    assert f"Ben closed this case meanwhile ({time}). Your text is kept." in first.text
    assert "Typed with care" in first.text
    assert f'name="{composer}-reopen"' in first.text
    assert her_case.interactions.count() == before
    ended = re.search(rf'name="{composer}-ended" value="([^"]+)"', first.text)[1]
    again = typed | {f"{composer}-ended": ended}
    if seen := re.search(r'name="reply-seen" value="(\d+)"', first.text):
        again |= {"reply-seen": seen[1]} if composer == "reply" else {}
    assert ana.post(address, again, headers=headers).status_code in {200, 302}
    her_case.refresh_from_db()
    assert (her_case.status, her_case.interactions.count()) == ("closed", before + 1)


def test_reply_to_a_closed_case_can_reopen_it_in_one_press(
    ana: Client, ben_agent: User, her_case: Case, mailbox: Account
):
    domain.close_case(case_id=her_case.pk, actor=ben_agent, outcome="agreed")
    page = ana.get(reverse("desk:case", args=[her_case.number])).text
    composer = page[page.index('id="composer"') :]
    assert re.search(r'id="composer-closed"\s*><span class="tag"[^>]*>.*Closed</span>', composer)
    ended = re.search(r'name="reply-ended" value="([^"]+)"', composer)[1]
    assert send(ana, her_case, ended=ended, reopen="1").status_code == 302
    her_case.refresh_from_db()
    assert her_case.status not in {"closed", "resolved"}
    assert her_case.interactions.filter(direction="outbound", author__isnull=False).count() == 1


def test_refused_reply_reopens_nothing(ana: Client, ben_agent: User, her_case: Case):
    closed = domain.close_case(case_id=her_case.pk, actor=ben_agent, outcome="agreed")
    ended = closed.closed_at.isoformat()
    assert send(ana, her_case, ended=ended, reopen="1").status_code == 422  # there is no mailbox
    her_case.refresh_from_db()
    assert her_case.status == "closed"


def test_who_closed_the_case_themselves_is_not_asked(ana: Client, ana_agent: User, her_case: Case):
    domain.close_case(case_id=her_case.pk, actor=ana_agent, outcome="agreed")
    answer = ana.post(reverse("desk:note", args=[her_case.number]), written(her_case, "note"))
    assert answer.status_code == 302


def test_note_has_no_recipients_and_mentioned_colleagues_follow(
    ana: Client, stranger: User, her_case: Case, mailbox: Account
):
    ana.post(
        reverse("desk:note", args=[her_case.number]),
        {"note-key": "k", "note-text": "@Stranger knows this lamp.", "note-to": "x@example.org"},
    )
    note = Interaction.objects.get(visibility="internal")
    assert (note.recipients, note.copies) == ([], [])
    assert not Delivery.objects.exists()
    assert CaseFollower.objects.get().user == stranger


def test_note_leaves_a_closed_case_closed(ana: Client, ana_agent: User, her_case: Case):
    domain.close_case(case_id=her_case.pk, actor=ana_agent)
    ana.post(reverse("desk:note", args=[her_case.number]), {"note-key": "k", "note-text": "Hm."})
    her_case.refresh_from_db()
    assert her_case.status == "closed"


@pytest.mark.parametrize(("direction", "waits"), [("inbound", True), ("outbound", False)])
def test_call_is_put_on_record(ana: Client, her_case: Case, direction: str, waits: bool):
    answer = ana.post(
        reverse("desk:call", args=[her_case.number]),
        {"call-key": "k", "call-channel": "phone", "call-direction": direction, "call-text": "Hi"},
    )
    said = her_case.interactions.get(channel="phone")
    her_case.refresh_from_db()
    assert answer.status_code == 302
    assert (said.direction, said.text) == (direction, "Hi")
    assert (her_case.waiting_since is not None) is waits
    assert not Delivery.objects.exists()


def test_files_go_with_the_reply(ana: Client, her_case: Case, mailbox: Account):
    uploads = [SimpleUploadedFile("计划.txt", b"plan"), SimpleUploadedFile("b.txt", b"more")]
    send(ana, her_case, attachments=uploads)
    assert list(Attachment.objects.order_by("pk").values_list("name", "size")) == [
        ("计划.txt", 4),
        ("b.txt", 4),
    ]


def test_addresses_are_read_in_any_common_spelling():
    text = 'Ana <Ana@Example.org>, "Ben, B" <ben@x.example>；c@x.example\nana@example.org'
    assert parse_addresses(text) == ["ana@example.org", "ben@x.example", "c@x.example"]
