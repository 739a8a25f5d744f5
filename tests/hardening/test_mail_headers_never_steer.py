"""Nothing in a mail sets owner, team, status, priority, kind or tags of its case."""

from __future__ import annotations

import pytest

from apps.cases.models import Case, Participant
from tests.hardening.hostile import CLASSES
from tests.hardening.post import office, raw, sent_answer, take

__all__ = ["office"]


@pytest.fixture
def plain(office, ana_agent, pumps):
    """The case of a mail that says nothing special."""
    return Case.objects.by_number(take(office, raw("It flickers.")).case).get()


@pytest.mark.parametrize("name", CLASSES["steering"])
def test_new_case_is_like_any_other(office, plain, name):
    case = Case.objects.by_number(take(office, CLASSES["steering"][name]).case).get()
    for field in ("owner", "team", "status", "priority", "kind", "is_restricted", "language"):
        assert getattr(case, field, None) == getattr(plain, field, None), field
    assert not case.tags.exists()
    assert not Participant.objects.filter(case=case).exclude(value="cleo@example.org").exists()


@pytest.mark.parametrize("name", CLASSES["steering"])
def test_answer_in_a_case_changes_only_that_the_customer_spoke(office, ana_agent, name):
    answer = sent_answer(office, ana_agent)
    before = Case.objects.get(pk=answer.interaction.case_id)
    mail = b"In-Reply-To: <%s>\r\n" % answer.message_id.encode() + CLASSES["steering"][name]
    assert take(office, mail).case == before.number
    after = Case.objects.get(pk=before.pk)
    for field in ("owner", "team", "priority", "kind", "subject"):
        assert getattr(after, field) == getattr(before, field), field
    assert after.status == "open"
