"""Message-ID missing, doubled or used by another mail: nothing lost, nothing taken twice."""

from __future__ import annotations

import pytest

from apps.cases.models import Case, Interaction
from apps.channels.models import InboundMessage
from tests.hardening.hostile import CLASSES
from tests.hardening.post import office, raw, take

__all__ = ["office"]


@pytest.mark.parametrize("name", CLASSES["ids"])
def test_same_bytes_are_one_whatever_their_id(office, name):
    first, again = (take(office, CLASSES["ids"][name]) for _ in range(2))
    assert (first.duplicate, again.duplicate) == (False, True)
    assert (again.inbound, again.interaction) == (first.inbound, first.interaction)
    assert Interaction.objects.count() == 1


@pytest.mark.parametrize("name", CLASSES["ids"])
def test_other_words_under_the_same_id_are_not_lost(office, name):
    mail = CLASSES["ids"][name]
    take(office, mail)
    other = take(office, mail.replace(b"It flickers.", b"It burns!"))
    assert other.state == "accepted"
    assert set(Interaction.objects.values_list("text", flat=True)) == {"It flickers.", "It burns!"}


def test_mails_without_an_id_are_not_one(office):
    for number in range(3):
        take(office, raw("Same subject.", Subject="x", X_Number=str(number)))
    assert (InboundMessage.objects.count(), Case.objects.count()) == (3, 3)


def test_stranger_who_takes_a_customers_id_swallows_nothing(office):
    """Who sends a mail with a guessed id first must not make hers a duplicate."""
    take(office, raw("Mine.", From="eve@evil.example", Message_ID="<next@example.org>"))
    hers = take(office, raw("It flickers.", Message_ID="<next@example.org>"))
    assert (hers.state, hers.duplicate) == ("accepted", False)
    assert Case.objects.count() == 2


def test_id_of_ours_on_a_customers_mail_loses_nothing(office, ana_agent):
    from tests.hardening.post import sent_answer

    answer = sent_answer(office, ana_agent)
    result = take(office, raw("New words.", Message_ID=f"<{answer.message_id}>"))
    assert result.state == "accepted"
    assert Interaction.objects.filter(text="New words.").exists()
