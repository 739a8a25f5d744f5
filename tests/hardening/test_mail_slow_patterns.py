"""Slow regular expressions: quotes, signatures and headers made to backtrack."""

from __future__ import annotations

import pytest

from apps.channels.mail.folding import fold
from tests.hardening.bombs import QUOTES
from tests.hardening.test_mail_bounds import MEMORY, MIB, read_bombs


def test_quotes_made_to_be_slow_are_read_in_time():
    held = read_bombs(MIB // 4, *QUOTES)
    assert max(held.values()) <= MEMORY


@pytest.mark.slow
@pytest.mark.parametrize("name", QUOTES)
def test_quotes_of_the_largest_size_are_read_in_time(name):
    assert read_bombs(25 * MIB, name)[name] <= MEMORY


def test_fold_of_a_bomb_keeps_something():
    for make in QUOTES.values():
        text = make(3000).partition(b"\r\n\r\n")[2].decode("utf-8", "replace")
        assert fold(text).strip()
