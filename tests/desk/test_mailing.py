from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.cases import domain as cases
from apps.cases.files import store
from apps.cases.models import Attachment, Case, Interaction
from apps.channels.models import Account, Delivery, SenderRule, SpamMark
from apps.customers.domain import mark_undeliverable
from tests.cast import make_interaction
from tests.desk.test_composing import HTMX, send

MAKER = "maker@lamps.example"


def press(client: Client, name: str, *args: object, **data: object):
    return client.post(reverse(f"desk:{name}", args=args), data, headers=HTMX)


def forward(client: Client, case: Case, **values: object):
    typed = {f"forward-{name}": value for name, value in values.items()}
    return press(client, "forward", case.number, **{"forward-key": "k"} | typed)


def test_answer_is_held_for_ten_seconds_and_can_be_undone(
    ana: Client, her_case: Case, mailbox: Account, time_machine
):
    time_machine.move_to(timezone.now(), tick=False)
    send(ana, her_case, cc="dan@example.net", text="Wich lamp?")
    delivery = Delivery.objects.get()
    assert delivery.held_until == timezone.now() + timedelta(seconds=10)
    page = ana.get(reverse("desk:case", args=[her_case.number])).text
    assert page.count(reverse("desk:undo", args=[delivery.pk])) == 4  # toast and story
    answer = press(ana, "undo", delivery.pk)
    delivery.refresh_from_db()
    assert delivery.state == "cancelled"
    assert ">Wich lamp?</textarea>" in answer.text
    assert 'value="dan@example.net"' in answer.text


def test_answer_that_has_left_cannot_be_undone(ana: Client, her_case: Case, mailbox: Account):
    send(ana, her_case)
    Delivery.objects.update(state="sent")
    answer = press(ana, "undo", Delivery.objects.get().pk)
    assert "not possible now" in answer.text
    assert Delivery.objects.get().state == "sent"


def test_stranger_undoes_promotes_forwards_and_screens_nothing(
    ana: Client, foreigner: Client, her_case: Case, mailbox: Account
):
    send(ana, her_case)
    secret = make_interaction(her_case, visibility="internal", sender_value=MAKER)
    for name, args in (
        ("undo", [Delivery.objects.get().pk]),
        ("promote", [secret.pk]),
        ("forward", [her_case.number]),
        ("screen", [her_case.number, "spam"]),
        ("screen", [her_case.number, "block"]),
    ):
        asked = {"forward-to": MAKER, "forward-text": "?"}
        assert press(foreigner, name, *args, **asked).status_code == 404
    assert Delivery.objects.get().state == "held"


def test_answer_for_later_waits_for_its_time(ana: Client, ana_agent: User, her_case, mailbox):
    ana_agent.timezone = "Asia/Shanghai"
    ana_agent.save()
    day = timezone.localdate() + timedelta(days=2)
    send(ana, her_case, later=f"{day}T09:30")
    until = Delivery.objects.get().held_until
    assert f"{until:%Y-%m-%d %H:%M}" == f"{day} 01:30"
    assert "Goes out at" in ana.get(reverse("desk:case", args=[her_case.number])).text


@pytest.mark.parametrize("later", ["2020-01-01T09:00", "3000-01-01T09:00", "soon"])
def test_time_that_is_none_is_refused(ana: Client, her_case: Case, mailbox: Account, later: str):
    assert send(ana, her_case, later=later).status_code == 422
    assert not Delivery.objects.exists()


def test_reply_to_all_names_who_else_was_written_to(ana: Client, her_case: Case, mailbox: Account):
    everybody = [mailbox.address, "dan@example.net"]
    make_interaction(
        her_case,
        recipients=[{"kind": "email", "value": value, "name": ""} for value in everybody],
        copies=[{"kind": "email", "value": "eve@example.net", "name": ""}],
    )
    address = reverse("desk:case", args=[her_case.number])
    assert 'name="reply-cc" id="reply-cc" value=""' in flat(ana.get(address))
    page = flat(ana.get(f"{address}?compose=reply&all=1"))
    assert 'id="reply-cc" value="dan@example.net, eve@example.net"' in page


def test_reply_to_all_passes_over_what_no_party_wrote(
    ana: Client, ana_agent: User, her_case: Case, mailbox: Account
):
    """A merged customer's mail, a third party's answer and a machine's mail name their own."""
    copied = [{"kind": "email", "value": "eve@example.net", "name": ""}]
    make_interaction(her_case, copies=copied)
    theirs = [{"kind": "email", "value": "boss@other.example", "name": ""}]
    other = {"sender_value": "will@other.example", "copies": theirs}
    make_interaction(her_case, **other)
    make_interaction(her_case, copies=theirs, automatic="auto_submitted")
    address = reverse("desk:case", args=[her_case.number])
    page = flat(ana.get(f"{address}?compose=reply&all=1"))
    assert 'id="reply-cc" value="eve@example.net"' in page
    cases.add_participant(her_case, kind="email", value="will@other.example", actor=ana_agent)
    page = flat(ana.get(f"{address}?compose=reply&all=1"))
    assert 'id="reply-cc" value="will@other.example, boss@other.example"' in page


def flat(answer) -> str:
    return re.sub(r"\s+", " ", answer.text)


def test_forward_goes_to_the_third_party_with_a_copy_of_the_file(
    ana: Client, her_case: Case, mailbox: Account
):
    said = make_interaction(
        her_case,
        text="Here is the plan.",
        attachments=[store(b"plan", name="plan.txt", content_type="text/plain")],
    )
    file = Attachment.objects.get()
    panel = ana.get(reverse("desk:forward", args=[her_case.number]), headers=HTMX).text
    assert "plan.txt" in panel
    values = {"to": MAKER, "text": "Do you know it?", "interaction": said.pk, "chosen": [file.pk]}
    assert forward(ana, her_case, **values).status_code == 200
    sent = Interaction.objects.get(visibility="internal")
    assert [party["value"] for party in sent.recipients] == [MAKER]
    assert "Here is the plan." in sent.text
    copied = sent.attachments.get()
    assert (copied.name, copied.file.read()) == ("plan.txt", b"plan")
    assert copied.file.name != file.file.name


def test_what_the_portal_wrote_has_a_name_in_the_lists_of_messages(ana: Client, her_case: Case):
    make_interaction(
        her_case, text="We go on.", direction="outbound", sender_value="", sender_name=""
    )
    for panel in ("forward", "split"):
        shown = flat(ana.get(reverse(f"desk:{panel}", args=[her_case.number]), headers=HTMX))
        assert "The portal: We go on." in shown


def test_forward_to_the_customer_is_refused_in_the_panel(ana: Client, her_case: Case, mailbox):
    answer = forward(ana, her_case, to="cleo@example.org", text="?")
    assert answer.status_code == 422
    assert "is the customer" in answer.text


def test_answer_in_confidence_is_promoted_by_a_press(ana: Client, her_case: Case):
    secret = make_interaction(her_case, visibility="internal", sender_value=MAKER)
    address = reverse("desk:promote", args=[secret.pk])
    assert address in ana.get(reverse("desk:case", args=[her_case.number])).text
    assert address not in press(ana, "promote", secret.pk).text
    secret.refresh_from_db()
    assert secret.visibility == "public"


def test_undeliverable_address_is_shown_and_warned_of(
    ana: Client, her_case: Case, mailbox: Account
):
    mark_undeliverable(kind="email", value="cleo@example.org", reason="550 5.1.1 No such user")
    page = flat(ana.get(reverse("desk:case", args=[her_case.number])))
    assert "Mail to cleo@example.org came back: 550 5.1.1 No such user" in page
    send(ana, her_case)
    assert "returned our last mail" in ana.get(reverse("desk:case", args=[her_case.number])).text


def test_spam_is_set_aside_listed_and_taken_back(ana: Client, foreigner: Client, her_case: Case):
    press(ana, "screen", her_case.number, "spam")
    assert SpamMark.objects.filter(case=her_case).exists()
    assert her_case.number in ana.get(reverse("desk:spam")).text
    assert her_case.number not in foreigner.get(reverse("desk:spam")).text
    assert "Not spam" in ana.get(reverse("desk:case", args=[her_case.number])).text
    press(ana, "screen", her_case.number, "not-spam")
    her_case.refresh_from_db()
    assert her_case.status == "open"
    listed = ana.get(reverse("desk:spam")).text.partition("<main")[2]
    assert her_case.number not in listed


def test_sender_is_blocked_and_taken_back(ana: Client, her_case: Case):
    page = press(ana, "screen", her_case.number, "block").text
    assert SenderRule.objects.get().value == "cleo@example.org"
    assert "Take this sender" in page
    assert "cleo@example.org" in ana.get(reverse("desk:spam")).text
    press(ana, "screen", her_case.number, "unblock")
    assert not SenderRule.objects.exists()


def test_unknown_deed_is_no_page(ana: Client, her_case: Case):
    assert press(ana, "screen", her_case.number, "burn").status_code == 404
