from __future__ import annotations

import uuid

from django.test import Client
from django.urls import reverse

from apps.accounts.models import Team, User
from apps.cases import domain
from apps.cases.models import Case, CaseFollower, Interaction
from apps.channels.models import Account, Delivery, InboundMessage, RawInput
from apps.customers.models import Identity
from apps.desk.forms.newcase import NewCaseForm

HTMX = {"HX-Request": "true"}


def press(client: Client, case: Case, name: str, data: dict | None = None, **kwargs):
    return client.post(reverse(f"desk:{name}", args=[case.number]), data or {}, **kwargs)


def test_take_makes_the_case_mine(ana: Client, ana_agent: User, cleo_case: Case):
    press(ana, cleo_case, "take")
    cleo_case.refresh_from_db()
    assert (cleo_case.owner, cleo_case.status) == (ana_agent, "open")


def test_take_of_a_taken_case_says_who_has_it(ana: Client, ben_agent: User, cleo_case: Case):
    domain.take_case(case_id=cleo_case.pk, actor=ben_agent)
    answer = press(ana, cleo_case, "take", headers=HTMX)
    cleo_case.refresh_from_db()
    assert "Ben has already taken this case." in answer.text
    assert cleo_case.owner == ben_agent


def test_resolve_confirm_and_reopen_move_the_case(ana: Client, her_case: Case):
    states = []
    for name in ("resolve", "confirm", "reopen"):
        press(ana, her_case, name)
        her_case.refresh_from_db()
        states.append(her_case.status)
    assert states == ["resolved", "closed", "open"]


def test_confirm_of_an_open_case_says_what_to_do_first(ana: Client, her_case: Case):
    answer = press(ana, her_case, "confirm", headers=HTMX)
    assert "Resolve the case first" in answer.text


def test_close_asks_how_it_ended(ana: Client, her_case: Case):
    asked = ana.get(reverse("desk:close", args=[her_case.number]), headers=HTMX)
    assert asked["HX-Retarget"] == "#panel"
    assert "confirmed" not in asked.text
    assert press(ana, her_case, "close", {"outcome": "confirmed"}).status_code == 422
    press(ana, her_case, "close", {"outcome": "no_answer"})
    her_case.refresh_from_db()
    assert her_case.status == "closed"
    assert her_case.events.get(kind="case_closed").data == {"outcome": "no_answer"}


def test_assign_gives_the_case_to_a_colleague(ana: Client, ben_agent: User, her_case: Case):
    press(ana, her_case, "assign", {"owner": ben_agent.pk, "team": ""})
    her_case.refresh_from_db()
    assert her_case.owner == ben_agent


def test_assign_to_somebody_of_another_team_stays_in_the_form(
    ana: Client, ana_agent: User, stranger: User, her_case: Case
):
    answer = press(ana, her_case, "assign", {"owner": stranger.pk}, headers=HTMX)
    her_case.refresh_from_db()
    assert answer.status_code == 422
    assert "is not in the team" in answer.text
    assert her_case.owner == ana_agent


def test_case_given_to_another_team_leads_back_to_the_inbox(
    ana: Client, pumps: Team, her_case: Case
):
    part = press(ana, her_case, "assign", {"owner": "", "team": pumps.pk}, headers=HTMX)
    her_case.refresh_from_db()
    assert (her_case.team, her_case.owner) == (pumps, None)
    assert part["HX-Redirect"] == reverse("desk:inbox")


def test_edit_changes_what_the_case_says_of_itself(ana: Client, her_case: Case):
    values = {
        "subject": "New words",
        "kind": "complaint",
        "priority": "high",
        "tags": "hall， lamp",
        "need": "Light",
    }
    press(ana, her_case, "edit", values)
    her_case.refresh_from_db()
    tags = list(her_case.tags.values_list("name", flat=True))
    found = (her_case.subject, her_case.kind, her_case.priority, her_case.need, tags)
    assert found == ("New words", "complaint", "high", "Light", ["hall", "lamp"])


def test_edit_leaves_alone_what_a_colleague_changed_meanwhile(
    ana: Client, ben_agent: User, her_case: Case
):
    page = ana.get(reverse("desk:edit", args=[her_case.number]), headers=HTMX)
    form = page.context["panel"].form
    shown = {name: form[name].value() or "" for name in form.fields if name != "needed_by_said"}
    begun = {f"initial-{name}": value for name, value in shown.items()}
    assert all(f'name="{name}"' in page.text for name in begun)
    domain.update_case(
        case_id=her_case.pk,
        actor=ben_agent,
        kind="complaint",
        priority="urgent",
        need="Light",
        tags=["hall"],
    )
    press(ana, her_case, "edit", {**begun, **shown, "subject": "New words"})
    her_case.refresh_from_db()
    tags = list(her_case.tags.values_list("name", flat=True))
    found = (her_case.subject, her_case.kind, her_case.priority, her_case.need, tags)
    assert found == ("New words", "complaint", "urgent", "Light", ["hall"])


def test_wrong_edit_comes_back_with_what_was_typed(ana: Client, her_case: Case):
    values = {"subject": "", "kind": "nonsense", "priority": "high", "tags": "", "need": "Typed"}
    answer = press(ana, her_case, "edit", values, headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#panel")
    assert "Typed" in answer.text


def test_only_leads_restrict(
    ana: Client, sam_supervisor: User, ana_agent: User, at_desk, her_case: Case
):
    assert press(ana, her_case, "restrict", {"users": [ana_agent.pk]}).status_code == 404
    press(at_desk(sam_supervisor), her_case, "restrict", {"users": [ana_agent.pk]})
    her_case.refresh_from_db()
    assert her_case.restricted
    assert set(her_case.grants.values_list("user", flat=True)) == {ana_agent.pk, sam_supervisor.pk}


def test_colleague_is_made_to_follow(ana: Client, stranger: User, her_case: Case):
    press(ana, her_case, "follow", {"follower": stranger.pk})
    assert CaseFollower.objects.get().user == stranger


def test_changes_need_a_post(ana: Client, her_case: Case):
    for name in ("take", "resolve", "confirm", "reopen", "reply", "note", "call"):
        led = ana.get(reverse(f"desk:{name}", args=[her_case.number]))
        assert led["Location"] == reverse("desk:case", args=[her_case.number])
        assert ana.put(reverse(f"desk:{name}", args=[her_case.number])).status_code == 405


def test_failed_delivery_is_sent_again_and_settled(ana: Client, her_case: Case, mailbox: Account):
    delivery = Delivery.objects.create(
        interaction=her_case.interactions.get(), account=mailbox, message_id="<1@x>", state="failed"
    )
    assert "Messages that did not arrive" in ana.get("/desk/attention/").text
    ana.post(reverse("desk:delivery", args=[delivery.pk, "settle"]), {"back": "attention"})
    assert "Everything is on its way" in ana.get("/desk/attention/").text
    ana.post(reverse("desk:delivery", args=[delivery.pk, "retry"]))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.settled_at) == ("queued", None)


def test_input_in_quarantine_is_tried_again(ana: Client, mailbox: Account):
    raw = b"From: Cleo <cleo@example.org>\r\nMessage-ID: <1@x>\r\n\r\nIt flickers.\r\n"
    stuck = InboundMessage.objects.create(
        account=mailbox,
        content_hash="1" * 64,
        content_type="message/rfc822",
        size=len(raw),
        state="quarantined",
        reason="It was too early.",
    )
    RawInput.objects.create(inbound=stuck, body=raw)
    answer = ana.post(reverse("desk:retry_input", args=[stuck.pk]), follow=True)
    stuck.refresh_from_db()
    assert stuck.state == "accepted"
    assert "Understood now" in answer.text


def begin(client: Client, draft: uuid.UUID | None = None, **values: object):
    """Send the form of a new case."""
    address = reverse("desk:begin", args=[draft or uuid.uuid4()])
    return client.post(address, {f"new-{key}": value for key, value in values.items()})


def test_new_case_of_a_call_records_what_the_customer_said(
    ana: Client, ana_agent: User, lamps: Team
):
    values = {
        "channel": "phone",
        "address_kind": "phone",
        "address": "138 0013 8000",
        "name": "Dora",
        "subject": "Lamp",
        "kind": "help",
        "team": lamps.pk,
        "text": "It is dark.",
    }
    draft = uuid.uuid4()
    for _ in range(2):
        answer = begin(ana, draft, **values)
    case = Case.objects.get()
    said = case.interactions.get()
    assert answer["Location"] == reverse("desk:case", args=[case.number])
    assert (case.owner, case.team, case.channel) == (ana_agent, lamps, "phone")
    assert (said.direction, said.text) == ("inbound", "It is dark.")
    assert Identity.objects.get().value == "+8613800138000"


def test_new_case_by_email_sends_its_first_word(ana: Client, lamps: Team, mailbox: Account):
    values = {
        "channel": "email",
        "address_kind": "email",
        "address": "Dora@Example.org",
        "name": "Dora",
        "subject": "Your lamp",
        "kind": "help",
        "team": lamps.pk,
        "text": "Ready.",
    }
    begin(ana, **values)
    said = Interaction.objects.get()
    assert (said.direction, said.delivery.state) == ("outbound", "held")
    assert [party["value"] for party in said.recipients] == ["dora@example.org"]


def test_wrong_new_case_leaves_nothing_behind(ana: Client, lamps: Team):
    values = {
        "channel": "email",
        "address_kind": "email",
        "address": "dora@example.org",
        "subject": "S",
        "kind": "help",
        "team": lamps.pk,
        "text": "Typed with care",
    }
    answer = begin(ana, **values)
    assert answer.status_code == 422
    assert "Typed with care" in answer.text
    assert not Case.objects.exists()
    assert not Identity.objects.exists()


def test_new_case_knows_the_persons_own_teams_alone(ana_agent: User, lamps: Team, pumps: Team):
    teams = NewCaseForm(user=ana_agent).fields["team"].queryset
    assert list(teams) == [lamps]
