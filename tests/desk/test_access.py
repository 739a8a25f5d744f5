"""Every page of the desk: a stranger learns nothing, and nobody comes in without logging in."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Team, User
from apps.cases import domain, files
from apps.cases.models import Attachment, Case
from apps.channels.models import Account, Delivery, InboundMessage, RawInput
from apps.customers import domain as customers
from apps.customers.models import Customer
from apps.desk.urls import urlpatterns
from tests.desk.test_actions import begin

OPEN_TO_ALL = {"theme", "language", "calendar_feed"}
PLAIN = ["home", "inbox", "search", "attention", "profile"]
READ = ["case"]
CHANGES = ["reply", "call", "take", "assign", "resolve", "confirm", "close", "reopen", "edit"]


def make_attachment(case: Case, content: bytes = b"words", **fields: object) -> Attachment:
    stored = files.store(content, name="a.txt", content_type="text/plain")
    values = {"name": "a.txt", "content_type": "text/plain"} | fields
    first = case.interactions.get()
    return Attachment.objects.create(
        interaction=first, file=stored.path, size=stored.size, **values
    )


def test_every_page_without_log_in_leads_to_log_in(client: Client, her_case: Case):
    for pattern in urlpatterns:
        if pattern.name in OPEN_TO_ALL:
            continue
        kinds = {name: type(one).__name__ for name, one in pattern.pattern.converters.items()}
        words = {"number": her_case.number, "deed": "retry", "draft": uuid.uuid4()}
        values = {name: words.get(name, 1) for name in kinds}
        address = reverse(f"desk:{pattern.name}", kwargs=values)
        answers = {client.get(address).status_code, client.post(address).status_code}
        assert answers <= {302, 405}, pattern.name
        assert 302 in answers, pattern.name


def test_log_in_leads_back_to_the_page(client: Client):
    answer = client.get("/desk/search/?q=lamp")
    assert answer["Location"] == "/accounts/login/?next=/desk/search/%3Fq%3Dlamp"


def test_expired_session_in_a_fragment_opens_the_log_in_as_a_page(client: Client, her_case: Case):
    answer = client.post(
        reverse("desk:reply", args=[her_case.number]),
        headers={
            "HX-Request": "true",
            "HX-Current-URL": f"http://testserver/desk/cases/{her_case.number}/",
        },
    )
    assert answer["HX-Redirect"] == f"/accounts/login/?next=/desk/cases/{her_case.number}/"


def test_expired_session_shows_the_words_of_a_form_without_scripts(client: Client, her_case: Case):
    page = f"/desk/cases/{her_case.number}/"
    words = {"reply-text": "Thanks", "reply-html": "<p>Thanks</p>", "reply-to": "a@b.example"}
    answer = client.post(
        reverse("desk:reply", args=[her_case.number]), words, headers={"Referer": page}
    )
    assert answer.status_code == 401
    assert ">Thanks</textarea>" in answer.text
    assert "a@b.example" not in answer.text
    assert f'href="/accounts/login/?next={page}"' in answer.text
    assert "no-store" in answer["Cache-Control"]


def test_form_without_its_token_shows_its_words(her_case: Case):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(
        reverse("desk:reply", args=[her_case.number]), {"reply-text": "Dear <Cleo>, hello"}
    )
    assert answer.status_code == 403
    assert "Dear &lt;Cleo&gt;, hello</textarea>" in answer.text


@pytest.mark.parametrize("name", PLAIN)
def test_plain_page_of_an_agent_opens(ana: Client, name: str):
    assert ana.get(reverse(f"desk:{name}"), follow=True).status_code == 200


@pytest.mark.parametrize("name", PLAIN)
def test_plain_page_of_a_stranger_names_nothing_of_ours(
    foreigner: Client, her_case: Case, name: str
):
    page = foreigner.get(reverse(f"desk:{name}"), {"q": "flickers"}, follow=True)
    assert her_case.number not in page.text
    assert "Cleo" not in page.text


@pytest.mark.parametrize("name", [*READ, *CHANGES, "note", "restrict", "follow"])
def test_case_of_another_team_is_not_found(foreigner: Client, her_case: Case, name: str):
    address = reverse(f"desk:{name}", args=[her_case.number])
    data = {"note-text": "x", "note-key": "k"}
    assert foreigner.get(address, follow=True).status_code == 404
    assert foreigner.post(address, data).status_code in {404, 405}
    her_case.refresh_from_db()
    assert (her_case.status, her_case.interactions.count()) == ("new", 1)


@pytest.mark.parametrize("name", CHANGES)
def test_follower_reads_and_notes_but_changes_nothing(
    foreigner: Client, stranger: User, ana_agent: User, her_case: Case, name: str
):
    domain.follow_case(case_id=her_case.pk, actor=ana_agent, follower=stranger)
    assert foreigner.get(reverse("desk:case", args=[her_case.number])).status_code == 200
    assert foreigner.post(reverse(f"desk:{name}", args=[her_case.number])).status_code == 404
    noted = foreigner.post(
        reverse("desk:note", args=[her_case.number]), {"note-text": "Seen.", "note-key": "k"}
    )
    assert noted.status_code == 302
    assert her_case.interactions.filter(text="Seen.", visibility="internal").exists()


def test_message_and_file_of_another_team_are_not_found(
    foreigner: Client, ana: Client, her_case: Case
):
    attachment = make_attachment(her_case)
    first = her_case.interactions.get()
    addresses = [
        reverse("desk:interaction", args=[first.pk]),
        reverse("desk:interaction_html", args=[first.pk]),
        reverse("desk:attachment", args=[attachment.pk]),
    ]
    assert [ana.get(address).status_code for address in addresses] == [200, 200, 200]
    assert [foreigner.get(address).status_code for address in addresses] == [404, 404, 404]


def test_stuck_input_is_for_the_accounts_team(ana: Client, foreigner: Client, mailbox: Account):
    stuck = InboundMessage.objects.create(
        account=mailbox,
        content_hash="0" * 64,
        content_type="message/rfc822",
        size=3,
        state="quarantined",
        reason="No header.",
    )
    RawInput.objects.create(inbound=stuck, body=b"raw")
    address = reverse("desk:raw_input", args=[stuck.pk])
    assert [one.get(address).status_code for one in (ana, foreigner)] == [200, 404]
    assert ana.get(address).content == b"raw"
    assert ana.get(address)["Content-Disposition"].startswith("attachment")
    assert "No header." in ana.get(reverse("desk:attention")).text
    assert "No header." not in foreigner.get(reverse("desk:attention")).text
    assert foreigner.post(reverse("desk:retry_input", args=[stuck.pk])).status_code == 404


def test_delivery_of_another_team_is_not_found(foreigner: Client, her_case: Case, mailbox: Account):
    delivery = Delivery.objects.create(
        interaction=her_case.interactions.get(), account=mailbox, message_id="<1@x>", state="failed"
    )
    for deed in ("retry", "cancel", "settle", "nonsense"):
        address = reverse("desk:delivery", args=[delivery.pk, deed])
        assert foreigner.post(address).status_code == 404
    delivery.refresh_from_db()
    assert (delivery.state, delivery.settled_at) == ("failed", None)


def test_customer_of_a_foreign_case_is_shown_masked_and_without_its_cases(
    foreigner: Client, ana: Client, her_case: Case
):
    address = reverse("desk:customer", args=[her_case.customer_id])
    assert "cleo@example.org" in ana.get(address).text
    page = foreigner.get(address).text
    assert "cleo@example.org" not in page
    assert her_case.number not in page


def test_restricted_case_leaves_the_lists_of_those_not_named(
    ana: Client, sam_supervisor: User, ben_agent: User, at_desk, her_case: Case
):
    domain.restrict_case(case_id=her_case.pk, actor=sam_supervisor, users=[sam_supervisor])
    for client in (ana, at_desk(ben_agent)):
        for tab in ("mine", "team", "unassigned"):
            assert her_case.number not in client.get(f"/desk/inbox/?tab={tab}").text
        assert client.get(reverse("desk:case", args=[her_case.number])).status_code == 404
    assert her_case.number in at_desk(sam_supervisor).get("/desk/inbox/?tab=team").text


def test_pages_of_the_desk_are_never_cached(ana: Client, her_case: Case):
    answer = ana.get(reverse("desk:case", args=[her_case.number]))
    assert "no-store" in answer["Cache-Control"]
    assert "HX-Request" in answer["Vary"]


def test_case_opened_by_naming_a_foreign_address_shows_no_other_address(
    foreigner: Client, stranger: User, pumps: Team, her_case: Case, mailbox: Account
):
    customers.add_identity(customer=her_case.customer, kind="phone", value="+8613800138000")
    Customer.objects.filter(pk=her_case.customer_id).update(name="")
    values = {
        "channel": "phone",
        "address_kind": "phone",
        "address": "+8613800138000",
        "subject": "Guess",
        "kind": "help",
        "team": pumps.pk,
        "text": "Spoke.",
    }
    opened = begin(foreigner, **values)["Location"]
    for address in (opened, "/desk/inbox/", "/desk/inbox/?tab=team"):
        page = foreigner.get(address)
        assert page.status_code == 200
        assert "cleo@example.org" not in page.text
