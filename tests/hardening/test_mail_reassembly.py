"""Text that becomes something else once a part of it is taken out."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.cases.models import Interaction
from apps.channels import tokens
from apps.channels.mail.cleaning import clean_html
from apps.channels.mail.words import decode_text
from apps.common.filenames import clean_file_name
from tests.hardening.hostile import CLASSES
from tests.hardening.pages import dangers, runs
from tests.hardening.post import office, take

__all__ = ["office"]
MAILS = CLASSES["reassembled"]


@pytest.mark.parametrize("name", MAILS)
def test_what_remains_is_harmless_and_stays_as_it_is(office, ana_agent, client, name):
    result = take(office, MAILS[name])
    body = Interaction.objects.get(pk=result.interaction)
    assert list(dangers(body.html)) == []
    assert clean_html(body.html) == body.html
    client.force_login(ana_agent)
    assert not runs(client.get(reverse("desk:case", args=[result.case])).content.decode())


def test_encoded_word_is_decoded_once():
    inner = "=?utf-8?B?PHNjcmlwdD4=?="
    outer = "=?utf-8?Q?" + "".join(f"={ord(char):02X}" for char in inner) + "?="
    assert decode_text(outer) == inner


def test_mark_within_a_mark_leaves_no_mark():
    whole = tokens.mark_subject("x", 7, answer=False).partition("x ")[2]
    nested = f"{whole[:6]}{whole}{whole[6:]}"
    assert tokens.cases_in_subject(tokens.strip_marks(nested)) == []


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (".\u200b.\u200b/x.txt", "x.txt"),
        ("a.p\u00ad\u200dhp", "a.php"),
        ("co\u200bn.txt", "_con.txt"),
        ("x.txt\u202e", "x.txt"),
    ],
)
def test_file_name_is_checked_after_it_is_whole(sent, kept):
    assert clean_file_name(sent) == kept
