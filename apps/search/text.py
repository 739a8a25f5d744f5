"""How text becomes words of the index: the same on both databases and on both sides.

Text is brought to one form (NFKC, case folded) and cut into *runs*: a word of letters and
digits, or a stretch of Chinese, Japanese or Korean. A word is indexed as it is; a stretch
as its pairs of neighbours and its last character, so that every character begins a term:
one and two characters are found by the index alone. Whatever is longer than its index
terms is checked against the *stream*, the runs of the whole text in a row.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from operator import add

MAX_TEXT = 100_000
"""Characters of a text that are searchable; a document's terms stay below 1 MB with it."""

MAX_TERM = 100
"""Characters of a word that the index keeps; the rest is checked in the stream."""

MAX_TERM_BYTES = 900_000
"""PostgreSQL refuses a tsvector of 1 MB."""

CJK = (
    "\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u3096\u309d-\u309f"
    "\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7fb\uf900-\ufaff"
    "\U0001b000-\U0001b16f\U00020000-\U000323af"
)
_RUN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
_IS_CJK = re.compile(rf"[{CJK}]")
_TITLE = "_"
_BREAK = "\n"


@dataclass(frozen=True, slots=True)
class Term:
    """What the index is asked for; ``prefix`` stands for every word that begins so."""

    text: str
    prefix: bool = False


def normalise(text: str) -> str:
    """The form in which texts and queries are compared."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def runs(text: str) -> list[str]:
    """The runs of a text in normal form, in order."""
    return _RUN.findall(text)


def is_cjk(run: str) -> bool:
    return _IS_CJK.match(run) is not None


def stream(title: str, body: str) -> str:
    """What a document says, as runs between single spaces; its title ends with a break."""
    head = " ".join(runs(normalise(title[:MAX_TEXT])))
    tail = " ".join(runs(normalise(body[:MAX_TEXT])))
    return f" {head} {_BREAK} {tail} "


def phrase(text_runs: Iterable[str]) -> str:
    """What to look for in a stream: whole words, but any part of a CJK stretch."""
    parts = list(text_runs)
    start = "" if is_cjk(parts[0]) else " "
    end = "" if is_cjk(parts[-1]) else " "
    return f"{start}{' '.join(parts)}{end}"


def terms(document: str) -> list[str]:
    """The index terms of a document's stream; those of its title stand there twice.

    A title's terms come a second time with a mark before them, by which they rank.
    """
    head, _break, tail = document.partition(_BREAK)
    of_title = _pieces(head.split())
    found = of_title | _pieces(tail.split())
    return _bounded([title_term(term) for term in of_title], found)


def title_term(term: str) -> str:
    """The term as it stands for a document's title."""
    return _TITLE + term


def query_terms(run: str) -> list[Term]:
    """The fewest index terms that every document with this run has."""
    if not is_cjk(run):
        return [Term(run[:MAX_TERM])]
    if len(run) == 1:
        return [Term(run, prefix=True)]
    return [Term(run[i : i + 2]) for i in range(len(run) - 1)]


def is_exact(run: str) -> bool:
    """True when the index terms of a run say as much as the run itself."""
    return len(run) <= (2 if is_cjk(run) else MAX_TERM)


def _pieces(of_runs: Iterable[str]) -> set[str]:
    distinct = set(of_runs)
    found = {run[:MAX_TERM] for run in distinct if run.isascii()}
    for run in distinct:
        if run.isascii():
            continue
        if is_cjk(run):
            found.add(run[-1])
            found.update(map(add, run, run[1:]))
        else:
            found.add(run[:MAX_TERM])
    return found


def _bounded(first: list[str], rest: Iterable[str]) -> list[str]:
    kept = first + list(rest)
    if sum(map(len, kept)) * 4 <= MAX_TERM_BYTES:
        return kept
    room, bounded = MAX_TERM_BYTES, []
    for term in sorted(kept):
        room -= len(term.encode())
        if room < 0:
            break
        bounded.append(term)
    return bounded
