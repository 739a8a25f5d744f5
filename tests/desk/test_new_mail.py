from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.cases.models import Attachment, Case, Interaction
from apps.channels.models import Account, Delivery
from apps.customers import domain as customers
from apps.desk.models import Upload
from tests.cast import make_interaction
from tests.desk.test_composing import HTMX
from tests.desk.test_uploads import PNG

DORA = "dora@example.org"


@pytest.fixture
def draft() -> uuid.UUID:
    return uuid.uuid4()


def put(client: Client, draft: uuid.UUID, name: str, body: bytes, **values: str) -> dict:
    address = reverse("desk:begin_uploads", args=[draft])
    answer = client.post(address, {"files": [SimpleUploadedFile(name, body)], **values})
    return json.loads(answer.text)


def write(client: Client, draft: uuid.UUID, team: Team, **typed: object):
    values = {
        "channel": "email",
        "address_kind": "email",
        "address": DORA,
        "name": "Dora",
        "subject": "Your lamp",
        "kind": "help",
        "team": team.pk,
        "text": "Ready.",
    } | typed
    address = reverse("desk:begin", args=[draft])
    return client.post(address, {f"new-{name}": value for name, value in values.items()})


def write_all(client: Client, draft: uuid.UUID, team: Team) -> None:
    """A mail with a copy, formatting, a picture and a file."""
    put(client, draft, "bill.txt", b"bill")
    picture = put(client, draft, "lamp.png", PNG, inline="1")["added"][0]["address"]
    kept = Upload.objects.get(content_id="").pk
    html = f'<p>It is <b>ready</b></p><img src="{picture}" alt="lamp">'
    write(client, draft, team, cc="dan@example.net", text="-", html=html, kept=[kept])


def undo(client: Client):
    """Take the newest mail back; returns the form that is shown then, and its address."""
    delivery = Delivery.objects.latest("pk")
    answer = client.post(reverse("desk:undo", args=[delivery.pk]), headers=HTMX)
    address = answer["HX-Redirect"]
    return client.get(address).context["form"], uuid.UUID(address.split("/")[-2])


def test_new_case_has_an_address_of_its_own(ana: Client):
    one, other = (ana.get(reverse("desk:new_case"))["Location"] for _time in range(2))
    assert one != other
    assert ana.get(one).status_code == 200


def test_new_mail_leaves_with_all_that_belongs_to_it(
    ana: Client, draft: uuid.UUID, lamps: Team, mailbox: Account, time_machine
):
    time_machine.move_to(timezone.now(), tick=False)
    write_all(ana, draft, lamps)
    said = Interaction.objects.get()
    assert [party["value"] for party in said.recipients] == [DORA]
    assert [party["value"] for party in said.copies] == ["dan@example.net"]
    files = {(one.name, one.inline) for one in said.attachments.all()}
    assert files == {("bill.txt", False), ("lamp.png", True)}
    assert f'src="cid:{said.attachments.get(inline=True).content_id}"' in said.html
    assert "<b>ready</b>" in said.html
    assert said.delivery.held_until == timezone.now() + timedelta(seconds=10)
    assert not Upload.objects.exists()
    page = ana.get(reverse("desk:case", args=[said.case.number])).text
    assert "Goes out in ten seconds." in page
    assert reverse("desk:undo", args=[said.delivery.pk]) in page


def test_new_mail_for_later_waits_for_its_time(
    ana: Client, draft: uuid.UUID, lamps: Team, mailbox: Account
):
    day = timezone.localdate() + timedelta(days=2)
    write(ana, draft, lamps, later=f"{day}T09:30")
    until = timezone.localtime(Delivery.objects.get().held_until)
    assert f"{until:%Y-%m-%dT%H:%M}" == f"{day}T09:30"


def test_undo_returns_everything_to_the_form(
    ana: Client, draft: uuid.UUID, lamps: Team, mailbox: Account
):
    write_all(ana, draft, lamps)
    form, again = undo(ana)
    picture = Upload.objects.exclude(content_id="").get()
    shown = {name: form[name].value() for name in form.fields if form[name].value()}
    html = f'<p>It is <b>ready</b></p><img src="/desk/uploads/{picture.pk}/" alt="lamp">'
    assert shown == {
        "key": str(again),
        "channel": "email",
        "address_kind": "email",
        "address": DORA,
        "name": "Dora",
        "subject": "Your lamp",
        "kind": "help",
        "team": lamps.pk,
        "cc": "dan@example.net",
        "text": "It is ready\n\nlamp",
        "html": html,
    }
    page = ana.get(reverse("desk:begin", args=[again])).text
    kept = Upload.objects.get(content_id="")
    assert f'name="new-kept" value="{kept.pk}" checked' in page
    assert ana.get(f"/desk/uploads/{picture.pk}/").content == PNG


def test_mail_written_anew_stays_in_its_case(
    ana: Client, draft: uuid.UUID, lamps: Team, mailbox: Account
):
    write(ana, draft, lamps)
    _form, again = undo(ana)
    write(ana, again, lamps, subject="Your two lamps", kind="complaint")
    case = Case.objects.get()
    assert (case.subject, case.kind, case.interactions.count()) == (
        "Your two lamps",
        "complaint",
        2,
    )
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == [
        "cancelled",
        "held",
    ]


def test_mail_written_anew_to_somebody_else_ends_the_first_case(
    ana: Client, draft: uuid.UUID, lamps: Team, mailbox: Account
):
    write(ana, draft, lamps)
    _form, again = undo(ana)
    write(ana, again, lamps, address="eve@example.org", name="Eve")
    first, second = Case.objects.order_by("pk")
    assert (first.status, second.status) == ("closed", "waiting")
    (party,) = second.interactions.get().recipients
    assert party["value"] == "eve@example.org"
    assert Delivery.objects.filter(interaction__case=first).exclude(state="cancelled").count() == 0


def test_case_in_which_the_customer_wrote_meanwhile_is_not_ended(
    ana: Client, draft: uuid.UUID, lamps: Team, mailbox: Account
):
    write(ana, draft, lamps)
    _form, again = undo(ana)
    make_interaction(Case.objects.get(), text="And?")
    write(ana, again, lamps, address="eve@example.org")
    assert Case.objects.order_by("pk")[0].status != "closed"


def test_undo_by_a_colleague_opens_the_answer_in_the_case(
    ana: Client, ben_agent: User, at_desk, draft: uuid.UUID, lamps: Team, mailbox: Account
):
    write_all(ana, draft, lamps)
    address = reverse("desk:undo", args=[Delivery.objects.get().pk])
    page = at_desk(ben_agent).post(address, headers=HTMX).text
    assert 'value="dan@example.net"' in page
    assert f'name="reply-kept" value="{Upload.objects.get(content_id="").pk}" checked' in page


def test_drafts_do_not_share_their_files(
    ana: Client, draft: uuid.UUID, lamps: Team, mailbox: Account
):
    put(ana, draft, "for-cleo.txt", b"secret")
    other = uuid.uuid4()
    assert "for-cleo.txt" not in ana.get(reverse("desk:begin", args=[other])).text
    kept = [Upload.objects.get().pk]
    assert write(ana, other, lamps, kept=kept).status_code == 422
    write(ana, other, lamps)
    assert not Attachment.objects.exists()
    assert "for-cleo.txt" in ana.get(reverse("desk:begin", args=[draft])).text


def test_drafts_are_their_writers_alone(
    ana: Client, foreigner: Client, draft: uuid.UUID, lamps: Team, mailbox: Account
):
    picture = put(ana, draft, "lamp.png", PNG, inline="1")["added"][0]["address"]
    assert foreigner.get(picture).status_code == 404
    write(ana, draft, lamps, subject="Hush")
    _form, again = undo(ana)
    assert "Hush" not in foreigner.get(reverse("desk:begin", args=[again])).text


def test_refused_mail_keeps_what_was_typed_and_attached(
    ana: Client, draft: uuid.UUID, lamps: Team, mailbox: Account
):
    file = SimpleUploadedFile("bill.txt", b"bill")
    answer = write(ana, draft, lamps, cc="nobody", attachments=[file])
    assert answer.status_code == 422
    upload = Upload.objects.get()
    assert f'name="new-kept" value="{upload.pk}" checked' in answer.text
    for _press in range(2):
        sent = write(ana, draft, lamps, kept=[upload.pk])
        assert sent["Location"] == reverse("desk:case", args=[Case.objects.get().number])
    assert Attachment.objects.get().file.read() == b"bill"


def test_call_takes_files_too_and_says_nothing_of_sending(
    ana: Client, draft: uuid.UUID, lamps: Team
):
    put(ana, draft, "photo.png", PNG)
    call = {"channel": "phone", "address_kind": "phone", "address": "+8613800138000"}
    kept = [Upload.objects.get().pk]
    answer = write(ana, draft, lamps, **call, kept=kept, html="<b>no</b>", cc="dan@example.net")
    said = Interaction.objects.get()
    assert (said.direction, said.html, said.copies) == ("inbound", "", [])
    assert said.attachments.get().name == "photo.png"
    assert "Goes out" not in ana.get(answer["Location"]).text


def test_customer_page_begins_a_mail_to_the_customer(
    ana: Client, foreigner: Client, her_case: Case
):
    customer = her_case.customer
    customers.add_identity(customer=customer, kind="phone", value="+8613800138000")
    address = f"{reverse('desk:new_case')}?customer={customer.pk}"
    assert address in ana.get(reverse("desk:customer", args=[customer.pk])).text
    form = ana.get(address, follow=True).context["form"]
    assert [form[name].value() for name in ("channel", "address_kind", "address", "name")] == [
        "email",
        "email",
        "cleo@example.org",
        customer.name,
    ]
    assert "cleo@example.org" not in foreigner.get(address, follow=True).text
    assert ana.get(f"{reverse('desk:new_case')}?customer=x", follow=True).status_code == 200


def test_new_mail_that_was_taken_back_leaves_nothing_to_do(
    ana: Client, draft: uuid.UUID, lamps: Team, mailbox: Account
):
    write(ana, draft, lamps)
    _form, again = undo(ana)
    case = Case.objects.get()
    assert (case.status, case.waiting_since, case.first_reply_at) == ("closed", None, None)
    assert "Your lamp" not in ana.get("/desk/inbox/?tab=mine").text
    write(ana, again, lamps, text="Ready indeed.")
    case = Case.objects.get()
    assert (case.status, case.reopened_count, case.snippet) == ("waiting", 0, "Ready indeed.")
