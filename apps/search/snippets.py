"""The piece of a text in which the words stand, with the words marked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from apps.search import text
from apps.search.query import Word

type Parts = tuple[tuple[str, bool], ...]

LENGTH = 180
LEAD = 40
SLOW_LENGTH = 20_000


def pattern(words: Sequence[Word]) -> re.Pattern[str] | None:
    """What to mark: words as wholes (or their beginnings), CJK anywhere, phrases in one."""
    alternatives = [_of_word(word) for word in words]
    return re.compile("|".join(alternatives)) if alternatives else None


def mark(plain: str, marks: re.Pattern[str] | None) -> Parts:
    """Split a text into (piece, is a match)."""
    return _split(plain, _spans(plain, marks))


def cut(body: str, marks: re.Pattern[str] | None) -> Parts:
    """A piece of at most 180 characters around the first match, in one line."""
    body = body[: text.MAX_TEXT]
    spans = _spans(body, marks)
    start = max(0, spans[0][0] - LEAD) if spans else 0
    window = body[start : start + LENGTH * 2]
    line = " ".join(window.split())[:LENGTH]
    before, after = "…" if start else "", "…" if start + LENGTH < len(body) else ""
    return mark(f"{before}{line}{after}", marks)


def _of_word(word: Word) -> str:
    parts = [re.escape(run) for run in word.shown]
    joined = r"[\W_]*".join(parts)
    if word.shown and not text.is_cjk(word.shown[0]):
        joined = rf"(?<![^\W_{text.CJK}]){joined}"
    if word.shown and not text.is_cjk(word.shown[-1]):
        whole = "" if word.terms[0].prefix else rf"(?![^\W_{text.CJK}])"
        joined = f"{joined}{whole}"
    return joined


def _spans(plain: str, marks: re.Pattern[str] | None) -> list[tuple[int, int]]:
    if marks is None:
        return []
    normal = text.normalise(plain)
    found = [match.span() for match in marks.finditer(normal)]
    if len(normal) == len(plain):
        return found
    origin = _origins(plain[:SLOW_LENGTH])
    return [(origin[a], origin[b - 1] + 1) for a, b in found if b <= len(origin)]


def _origins(plain: str) -> list[int]:
    """For each character of the normal form, where it came from."""
    return [i for i, char in enumerate(plain) for _ in text.normalise(char)]


def _split(plain: str, spans: list[tuple[int, int]]) -> Parts:
    parts: list[tuple[str, bool]] = []
    end = 0
    for a, b in spans:
        if a > end:
            parts.append((plain[end:a], False))
        parts.append((plain[a:b], True))
        end = b
    if end < len(plain):
        parts.append((plain[end:], False))
    return tuple(parts)
