from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.channels import tokens

CASE_IDS = st.integers(min_value=1, max_value=10**12)


def test_message_id_of_ours_is_recognised_in_any_case():
    ours = tokens.new_message_id("example.com")
    assert tokens.is_own_message_id(ours)
    assert tokens.is_own_message_id(ours.upper())


def test_message_ids_never_repeat():
    assert len({tokens.new_message_id("example.com") for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "a@b",
        "cc.aaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaa@example.com",
        "cc..@example.com",
        "cc.aaaaaaaaaaaaaaaa@example.com",
    ],
)
def test_message_id_of_others_is_not_ours(forged):
    assert not tokens.is_own_message_id(forged)


def test_message_id_with_another_random_part_is_not_ours():
    one, other = (tokens.new_message_id("example.com").split(".") for _ in range(2))
    assert not tokens.is_own_message_id(".".join([one[0], other[1], *one[2:]]))


@given(CASE_IDS)
def test_reply_address_leads_back_to_its_case(case_id):
    address = tokens.reply_address("help@example.com", case_id)
    assert tokens.cases_in_addresses([address.upper()]) == [case_id]
    assert tokens.strip_address_mark(address) == "help@example.com"
    local = address.partition("@")[0]
    assert len(local) <= 64  # RFC 5321


@given(CASE_IDS, CASE_IDS)
def test_mark_of_one_case_opens_no_other(case_id, other):
    address = tokens.reply_address("help@example.com", case_id)
    subject = tokens.mark_subject("x", case_id, answer=False)
    if case_id != other:
        assert not tokens.cases_in_addresses([address.replace(f"cc{case_id}-", f"cc{other}-")])
        forged = subject.replace(f"CC-{case_id:06d}", f"CC-{other:06d}")
        assert not tokens.cases_in_subject(forged)


def test_mark_for_one_purpose_serves_no_other():
    address = tokens.reply_address("help@example.com", 7)
    signature = address.partition("@")[0].rpartition("-")[2]
    assert not tokens.cases_in_subject(f"[CC-000007.{signature}]")


def test_mark_under_an_old_key_still_counts(settings):
    subject = tokens.mark_subject("x", 7, answer=False)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
    assert tokens.cases_in_subject(subject) == [7]
    settings.SECRET_KEY_FALLBACKS = []
    assert tokens.cases_in_subject(subject) == []


@given(st.text(max_size=80), st.integers(min_value=1, max_value=6))
def test_subject_that_goes_to_and_fro_carries_one_mark_and_one_re(words, turns):
    marked = words
    for _turn in range(turns):
        marked = tokens.mark_subject(f"Re: {marked}", 12, answer=True)
    assert tokens.cases_in_subject(marked) == [12]
    assert marked.count("[CC-") - words.count("[CC-") == 1
    assert marked == tokens.mark_subject(marked, 12, answer=True)


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: RE: 回复：Lamp", "Lamp"),
        ("AW: Fwd: 答复: 转发：灯坏了", "灯坏了"),
        ("Re[2]: Lamp", "Lamp"),
        ("Regarding: lamp", "Regarding: lamp"),
        ("", ""),
    ],
)
def test_bare_subject_has_no_prefixes(subject, bare):
    assert tokens.bare_subject(subject) == bare


def test_forged_marks_are_stripped_from_subjects():
    assert tokens.strip_marks("Lamp [CC-000001.aaaaaaaaaaaaaaaa] broke") == "Lamp broke"


def test_signature_has_at_least_sixty_bits():
    signature = tokens.reply_address("a@b", 1).partition("@")[0].rpartition("-")[2]
    assert len(signature) * 5 >= 60
