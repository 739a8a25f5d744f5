from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.common.lines import plain_line


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Cleo  Park ", "Cleo Park"),
        ("a\r\nBcc: b", "a Bcc: b"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u2066王\u2069小\u200b明\ufeff", "王小明"),
        ("zero\u00adwidth", "zerowidth"),
        ("", ""),
    ],
)
def test_line_is_plain(text, plain):
    assert plain_line(text) == plain


@given(st.text())
def test_line_holds_nothing_unseen_and_stays_as_it_is(text):
    plain = plain_line(text)
    assert not {unicodedata.category(char) for char in plain} & {"Cc", "Cf", "Zl", "Zp"}
    assert plain_line(plain) == plain
