"""What an agent wrote with formatting: harmless, self-contained, and the same as text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.channels.domain.accounts import save_account
from apps.channels.domain.writing import prepare, unsigned
from apps.channels.mail.writing import clean_written

PARTS = (
    '<img src="https://tracker.example/x.png">', '<img src="http://x.example/1">', "<p>", "</p>",
    "<img src=//x.example/1>", '<img srcset="https://x.example/1 2x" src="cid:a@portal">',
    '<div style="background:url(https://x.example/1)">', "<style>@import 'https://x.example'</style>",
    '<link rel=stylesheet href="https://x.example">', '<table background="https://x.example/1">',
    '<video poster="https://x.example/1">', '<a href="https://example.org/a">', "</a>", "word ",
    '<a ping="https://x.example/1" href="https://example.org/b">',
    "<svg><image href=https://x.example/1>",
    '<iframe src="https://x.example">', '<input type=image src="https://x.example/1">', "&lt;",
    '"', "<",
)  # fmt: skip
FETCHED = re.compile(r"(?:src|srcset|background|poster|ping|style|data)\s*=", re.IGNORECASE)


@given(st.lists(st.sampled_from(PARTS), max_size=12).map("".join))
def test_nothing_that_leaves_fetches_anything(source):
    html = clean_written(source)
    found = re.findall(r"<[^>]*>", html)
    for tag in found:
        if FETCHED.search(tag):
            assert 'src="cid:' in tag
            assert len(FETCHED.findall(tag)) == 1


def test_formatting_lists_links_quotes_and_own_pictures_stay():
    html = (
        '<p>Dear <b>Cleo</b>, <i>see</i> <a href="https://example.org/a">there</a></p>'
        "<ul><li>one</li></ul><ol><li>two</li></ol><blockquote>said</blockquote>"
        '<img src="cid:a@portal" alt="plan">'
    )
    assert clean_written(html) == html


@pytest.mark.parametrize(
    "html", ["", "<div><br></div>", "<p>&nbsp;</p>", "<img src='https://x/y'>"]
)
def test_markup_without_a_word_is_nothing(html):
    assert prepare("email", html) == ("", "")


def test_text_stands_beside_it():
    html, text = prepare("email", "<p>Dear <b>Cleo</b></p><ul><li>one<li>two</ul>")
    assert text == "Dear Cleo\n\n- one\n- two"
    assert "<script" not in html


def test_channel_without_formatting_takes_none():
    assert prepare("phone", "<p>x</p>") == ("", "")


def test_own_words_stand_before_the_signature():
    assert unsigned("<p>x</p><!-- signature --><p>Lamps</p>") == "<p>x</p>"
    assert unsigned("<p>x</p>") == "<p>x</p>"
    assert "<!--" not in clean_written("<p>x</p><!-- signature --><p>y</p>")


@pytest.mark.django_db
def test_accounts_signature_is_cleaned_when_it_is_set():
    html = '<b>Lamps</b><script>x</script><img src="https://x.example/logo.png">'
    account, _new = save_account(channel="mail", name="a", values={"signature_html": html})
    assert account.options["signature_html"] == "<b>Lamps</b>"
