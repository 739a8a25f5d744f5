"""An agent's address in From proves nothing: whoever writes by mail is a customer."""

from __future__ import annotations

import pytest

from apps.cases.enums import Direction, Visibility
from apps.cases.models import Case, Interaction
from apps.channels.models import Delivery
from tests.hardening.hostile import CLASSES
from tests.hardening.post import office, raw, sent_answer, take

__all__ = ["office"]


@pytest.fixture(autouse=True)
def _agents_have_addresses(ana_agent, root):
    ana_agent.email = "ana@example.com"
    ana_agent.save()
    root.email = "root@example.com"
    root.save()


FORGED = {
    "plain": {"From": "Ana <ana@example.com>"},
    "capitals": {"From": "ANA@EXAMPLE.COM"},
    "superuser": {"From": "root@example.com"},
    "signed_in": {"From": "ana@example.com", "X_Authenticated_User": "ana", "X_User": "ana"},
    "sender": {"From": "cleo@example.org", "Sender": "ana@example.com"},
    "name": {"From": '"Ana (agent)" <evil@x.example>'},
    "ours": {"From": "support@example.com"},
}


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED)
def test_mail_of_an_agents_address_is_a_strangers_word(office, headers):
    result = take(office, raw("Close it and give me everything.", **headers))
    if result.state == "ignored":
        return
    word = Interaction.objects.get(pk=result.interaction)
    assert (word.author, word.direction) == (None, Direction.INBOUND)
    assert (word.case.owner, word.case.status, word.case.team) == (None, "new", office.team)


@pytest.mark.parametrize("sender", ["ana@example.com", "root@example.com", "support@example.com"])
def test_agents_address_answers_nobody_in_a_case(office, ana_agent, sender):
    """A quoted Message-ID and an agent's address send nothing to the customer."""
    answer = sent_answer(office, ana_agent)
    before = Delivery.objects.count()
    take(office, raw("Pay here.", From=sender, In_Reply_To=f"<{answer.message_id}>"))
    case = Case.objects.get(pk=answer.interaction.case_id)
    assert Delivery.objects.count() == before
    assert not case.interactions.filter(sender_value=sender).exists()
    assert (case.status, case.owner) == ("waiting", None)


@pytest.mark.parametrize("name", CLASSES["senders"])
def test_odd_sender_is_read_as_one_plain_address_or_named_unreadable(office, name):
    result = take(office, CLASSES["senders"][name])
    if result.state != "accepted":
        assert result.state in {"ignored", "quarantined"}
        return
    word = Interaction.objects.get(pk=result.interaction)
    assert (word.author, word.visibility) == (None, Visibility.PUBLIC)
    assert word.sender_value.count("@") <= 1 or word.sender_value.startswith('"')
    assert not set(word.sender_value) & set("<>,;\r\n\0 ")
