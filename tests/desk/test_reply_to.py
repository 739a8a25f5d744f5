"""Where a sender wants answers (Reply-To): offered to whoever answers, and nothing else."""

from __future__ import annotations

import pytest

from apps.cases.models import Case, Interaction, Participant
from apps.channels import tokens
from apps.channels.models import Delivery
from apps.desk.bubbles import for_bubbles, make_bubbles
from apps.desk.names import Names
from apps.desk.recipients import first_reply
from tests.hardening.post import raw, take

SHOP, ALICE, ANN = "noreply@shop.example", "alice@cust.example", "ann@cust.example"


def arrive(mailbox, reply_to, **headers) -> Interaction:
    mail = raw("It flickers.", Reply_To=reply_to, **({"From": SHOP} | headers))
    return Interaction.objects.get(pk=take(mailbox, mail).interaction)


def offered(browser, case: Case, query: str = "") -> str:
    answer = browser.get(f"/desk/cases/{case.number}/{query}")
    return answer.context["reply"].initial["to"]


@pytest.mark.parametrize(
    ("asked", "to"),
    [
        (ALICE, ALICE),
        (f"Alice <{ALICE}>, {ANN}", f"{ALICE}, {ANN}"),
        (f"support@portal.example, {ALICE}", ALICE),
        ("support@portal.example", SHOP),
        (SHOP, SHOP),
        ("nobody", SHOP),
    ],
)
def test_answer_is_offered_to_where_they_want_it(ana, mailbox, asked, to):
    said = arrive(mailbox, asked)
    assert offered(ana, said.case) == to
    shown = ana.get(f"/desk/cases/{said.case.number}/").text
    assert (f"answers to {to}" in shown) == (to != SHOP)


def test_our_own_address_with_a_mark_is_left_out(ana, mailbox):
    said = arrive(mailbox, f"{tokens.reply_address(mailbox.address, 1)}, {ALICE}")
    assert offered(ana, said.case) == ALICE


def test_answer_to_a_later_mail_without_it_goes_to_the_sender(ana, mailbox):
    said = arrive(mailbox, ALICE, Message_ID="<one@shop.example>")
    again = arrive(mailbox, "", In_Reply_To="<one@shop.example>")
    assert again.case_id == said.case_id
    assert offered(ana, said.case) == SHOP


def test_answer_leaves_for_that_address(ana, mailbox):
    case = arrive(mailbox, ALICE).case
    form = {"to": offered(ana, case), "seen": case.interactions.get().pk, "text": "Which one?"}
    data = {f"reply-{name}": value for name, value in form.items()}
    answer = ana.post(f"/desk/cases/{case.number}/reply/", data | {"reply-key": "one-press"})
    assert answer.status_code == 302
    sent = case.interactions.get(direction="outbound")
    assert [party["value"] for party in sent.recipients] == [ALICE]


def test_it_makes_nobody_a_party_and_is_never_answered_by_itself(mailbox):
    mailbox.options = {"acknowledge": "1"}
    mailbox.save()
    said = arrive(mailbox, ALICE)
    assert said.sender_value == SHOP
    assert [one.value for one in said.case.customer.identities.all()] == [SHOP]
    assert not Participant.objects.filter(case=said.case).exists()
    receipts = Delivery.objects.filter(automatic=True)
    told = {party["value"] for one in receipts for party in one.interaction.recipients}
    assert ALICE not in told


@pytest.mark.parametrize("known", [True, False])
def test_reader_who_may_not_know_the_customer_sees_no_such_address(ana_agent, mailbox, known):
    case = arrive(mailbox, ALICE).case
    shown = list(for_bubbles(case.interactions.all(), ana_agent))
    names = Names.load(ana_agent, set())
    assert (ALICE in str(make_bubbles(shown, case, names, known=known))) is known
    assert (first_reply(case, shown, (), known=known).initial["to"] == ALICE) is known


def test_api_tells_it(ana_agent, mailbox):
    from django.test import Client

    from apps.api.domain import issue_token

    case = arrive(mailbox, ALICE).case
    script = Client(headers={"Authorization": f"Token {issue_token(user=ana_agent)}"})
    (word,) = script.get(f"/api/v1/cases/{case.number}/interactions/").json()["results"]
    assert word["reply_to"] == [{"identity": f"email:{ALICE}", "name": ""}]
