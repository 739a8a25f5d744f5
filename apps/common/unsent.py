"""What somebody wrote in a form that could not be taken: it is shown to them, never lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MOST = 20
# Fields for prose; elsewhere blanks or another script's letters tell words from a choice.
_PROSE = re.compile(r"(?:text|note|body|words|need|reason|signature|comment|subject)(?:_\w\w)?$")
_WORDS = re.compile(r"\S\s+\S|[^\x00-\x7f]")
# What a page remembers for itself, the same words in another form, and what nobody may read.
_OWN = re.compile(r"csrf|initial-|drafted|.*(?:html|password)")


def words_in(data: Mapping[str, Any]) -> list[str]:
    """The texts of a form in which a person wrote words, each once, in the form's order."""
    found: dict[str, None] = {}
    for name in data:
        text = str(data[name]).strip()
        if text and not _OWN.match(name) and (_PROSE.search(name) or _WORDS.search(text)):
            found[text] = None
    return list(found)[:MOST]
