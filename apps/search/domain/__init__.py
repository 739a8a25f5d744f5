"""One search over everything: writing the index, and finding in it."""

from apps.search.domain.finding import Hit, Results, case_ids, find, named
from apps.search.domain.indexing import (
    collecting,
    filling,
    forget_orphans,
    give_cases,
    move_case,
    put,
    rebuild,
    remove,
)
from apps.search.domain.recent import forget, recent, remember
from apps.search.registry import Document, Shown, Source

__all__ = [
    "Document",
    "Hit",
    "Results",
    "Shown",
    "Source",
    "case_ids",
    "collecting",
    "filling",
    "find",
    "forget",
    "forget_orphans",
    "give_cases",
    "move_case",
    "named",
    "put",
    "rebuild",
    "recent",
    "remember",
    "remove",
]
