"""Joining a stranger's case: an id counts only with our signature and from a party."""

from __future__ import annotations

import pytest

from apps.cases.models import Case, Interaction
from apps.channels import tokens
from tests.hardening.hostile import CLASSES
from tests.hardening.post import office, raw, sent_answer, take

__all__ = ["office"]
EVE = "Eve <eve@evil.example>"


@pytest.fixture
def answer(office, ana_agent):
    """Our answer in Cleo's case; what it bears is known to whoever has read it."""
    return sent_answer(office, ana_agent)


def case_of(result) -> Case:
    return Case.objects.by_number(result.case).get()


@pytest.mark.parametrize("name", CLASSES["joining"])
@pytest.mark.parametrize("party", [True, False])
def test_guessed_mark_joins_nothing(office, answer, name, party):
    mail = CLASSES["joining"][name]
    if not party:
        mail = mail.replace(b"Cleo <cleo@example.org>", EVE.encode())
    assert case_of(take(office, mail)).pk != answer.interaction.case_id


def proofs(answer) -> dict[str, dict[str, str]]:
    """Everything by which a party may answer, stolen word for word."""
    case = answer.interaction.case_id
    return {
        "reference": {"References": f"<{answer.message_id}>"},
        "answer": {"In_Reply_To": f"<{answer.message_id}>"},
        "plus_address": {"To": tokens.reply_address("support@example.com", case)},
        "copied": {"Cc": tokens.reply_address("support@example.com", case)},
        "subject": {"Subject": tokens.mark_subject("Re: The lamp", case, answer=True)},
        "her_own_id": {"In_Reply_To": "<q1@example.org>"},
        "her_id_as_its_own": {"Message_ID": "<q1@example.org>"},
    }


WAYS = [
    "reference",
    "answer",
    "plus_address",
    "copied",
    "subject",
    "her_own_id",
    "her_id_as_its_own",
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "disguise",
    [
        {},
        {"Reply_To": "cleo@example.org"},
        {"Sender": "cleo@example.org"},
        {"Return_Path": "<cleo@example.org>"},
        {"Cc": "cleo@example.org"},
        {"From": '"cleo@example.org" <eve@evil.example>'},
        {"From": "eve@evil.example, cleo@example.org"},
        {"From": "cleo@example.org.evil.example"},
    ],
)
def test_stranger_with_a_stolen_mark_gets_a_case_of_their_own(office, answer, way, disguise):
    stolen = proofs(answer)[way]
    if "Cc" in disguise and way == "copied":
        stolen = {"Cc": f"{stolen['Cc']}, {disguise['Cc']}"}
    headers = {"From": EVE} | disguise | stolen
    result = take(office, raw("Let me in.", **headers))
    case = case_of(result)
    assert case.pk != answer.interaction.case_id
    assert Interaction.objects.get(pk=result.interaction).sender_value != "cleo@example.org"
    assert Interaction.objects.filter(case=answer.interaction.case_id).count() == 2


@pytest.mark.parametrize("way", WAYS[:6])
def test_customer_with_the_same_mark_joins(office, answer, way):
    result = take(office, raw("It is the red one.", **proofs(answer)[way]))
    assert case_of(result).pk == answer.interaction.case_id


def test_stranger_learns_nothing_from_what_we_send_them(office, answer, ana_agent):
    from apps.channels import domain

    result = take(office, raw("Let me in.", From=EVE, In_Reply_To=f"<{answer.message_id}>"))
    reply = domain.reply(case_id=case_of(result).pk, actor=ana_agent, text="Who are you?")
    said = f"{reply.text}{reply.html}{reply.recipients}{reply.copies}"
    assert "flickers" not in said
    assert "cleo" not in said


def test_copy_of_a_stranger_seats_nobody_in_the_case(office, answer):
    """Eve writes with Cleo in copy: that makes Eve no party of Cleo's case."""
    take(office, raw("Hi.", From=EVE, Cc="cleo@example.org", Message_ID="<e1@evil.example>"))
    result = take(
        office, raw("Now?", From=EVE, In_Reply_To=f"<{answer.message_id}>, <q1@example.org>")
    )
    assert case_of(result).pk != answer.interaction.case_id
