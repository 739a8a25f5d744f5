"""Charsets declared wrongly, unknown or broken: words stay words, and storable."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.cases.models import Interaction
from tests.hardening.hostile import CLASSES
from tests.hardening.hostile.encodings import READABLE
from tests.hardening.pages import dangers
from tests.hardening.post import office, take

__all__ = ["office"]


@pytest.mark.parametrize("name", READABLE)
def test_text_under_a_wrong_label_is_read_right(office, name):
    mail, text = READABLE[name]
    assert Interaction.objects.get(pk=take(office, mail).interaction).text == text


@pytest.mark.parametrize("name", CLASSES["broken"])
def test_broken_text_is_stored_without_unsafe_characters(office, ana_agent, client, name):
    result = take(office, CLASSES["broken"][name])
    word = Interaction.objects.get(pk=result.interaction)
    for value in (word.text, word.text_folded, word.html, word.subject, word.sender_name):
        assert value.encode("utf-8").decode() == value
        assert not set(value) & {chr(code) for code in range(32) if chr(code) not in "\t\n\r\f"}
    assert list(dangers(word.html)) == []
    client.force_login(ana_agent)
    assert client.get(reverse("desk:case", args=[result.case])).status_code == 200


def test_what_was_meant_still_stands_beside_the_damage(office):
    for name in ("surrogates", "overlong", "beyond_unicode", "nul_everywhere", "controls"):
        word = Interaction.objects.get(pk=take(office, CLASSES["broken"][name]).interaction)
        assert "a" in word.text or "script" in word.text or "lone" in word.text, name


@pytest.mark.parametrize("name", ["overlong", "surrogates_in_html", "bidi"])
def test_no_second_spelling_of_a_letter_makes_markup(office, name):
    word = Interaction.objects.get(pk=take(office, CLASSES["broken"][name]).interaction)
    assert "<script" not in word.text + word.html
    assert "\u202e" not in word.subject
