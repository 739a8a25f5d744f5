"""What somebody typed into the box: words, phrases in quotes, and filters by name."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from apps.search import text
from apps.search.text import Term

MAX_LENGTH = 500
MAX_WORDS = 20
MIN_PREFIX = 2

_PART = re.compile(
    r"(?P<bare>\w+)[:：](?=\s|$)"
    r'|(?:(?P<name>\w+)[:：])?(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"]+))|(?P<rest>[^\s"]+)'
)
_QUOTES = str.maketrans("“”「」『』\u3000", '"""""" ')


@dataclass(frozen=True, slots=True)
class Word:
    """One thing to find: all ``terms`` in the index, and ``phrase`` in the stream if given."""

    terms: tuple[Term, ...]
    phrase: str = ""
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """``strange`` are names that no filter has; what stands with them is searched as words."""

    words: list[Word] = field(default_factory=list)
    filters: list[tuple[str, str]] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.words or self.filters)


def parse(typed: str, filter_names: Collection[str]) -> Query:
    """Read the box; ``name:value`` is a filter when the name is known, else text."""
    query = Query()
    for match in _PART.finditer(typed[:MAX_LENGTH].replace("\0", " ").translate(_QUOTES)):
        name = text.normalise(match["name"] or match["bare"] or "")
        value = match["quoted"] if match["quoted"] is not None else match["plain"]
        if name in filter_names:
            query.filters.append((name, (value or "").strip()))
        elif (word := _word(match[0])) and len(query.words) < MAX_WORDS:
            query.words.append(word)
            # neither a time of day nor the address of a page
            if match["name"] and not name.isdigit() and not (value or "").startswith("//"):
                query.strange.append(name)
    return query


def _word(typed: str) -> Word | None:
    normal = text.normalise(typed)
    found = text.runs(normal)
    if not found:
        return None
    if len(found) == 1 and normal.endswith("*") and not text.is_cjk(found[0]):
        return _prefix(found[0])
    terms = dict.fromkeys(term for run in found for term in text.query_terms(run))
    exact = len(found) == 1 and text.is_exact(found[0])
    return Word(tuple(terms), "" if exact else text.phrase(found), tuple(found))


def _prefix(run: str) -> Word:
    long_enough = MIN_PREFIX <= len(run) <= text.MAX_TERM
    return Word((Term(run[: text.MAX_TERM], prefix=long_enough),), shown=(run,))
