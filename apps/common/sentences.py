"""Sentences that are stored now and read later, by each reader in their own language.

A worker writes them and does not know who will read. So a sentence keeps its words as they
stand in the catalogue and the values beside them, and is put together when it is loaded::

    from apps.common.sentences import gettext as _

    account.last_error = _("The mail server %(host)s is not known.") % {"host": host}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import translation

if TYPE_CHECKING:
    TextField = models.TextField[str, str]
else:
    TextField = models.TextField

# What no text of a server may begin with: it marks what was written here.
MARK = "\x1e"
WORDS, VALUES = "words", "values"


class Sentence(str):
    """A text in the language active when it was made, which can be said again in another."""

    __slots__ = ("values", "words")

    words: str
    values: Mapping[str, Any]

    @classmethod
    def of(cls, words: str, values: Mapping[str, Any] | None = None) -> Sentence:
        """Say these words of the catalogue; values that do not fit them are left out."""
        said = translation.gettext(words) if words else ""
        given = values or {}
        try:
            sentence = cls(said % given if given else said)
        except (KeyError, TypeError, ValueError):
            sentence = cls(said)
        sentence.words, sentence.values = words, given
        return sentence

    def __mod__(self, values: Any) -> Sentence:
        return Sentence.of(self.words, values)


def gettext(words: str) -> Sentence:
    """As Django's own, for what is stored: takes its values by ``%`` and a mapping."""
    return Sentence.of(words)


class SentenceField(TextField):
    """Holds a Sentence, or any other text as it is (a server's answer)."""

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Sentence):
            return MARK + json.dumps(_pack(value), ensure_ascii=False)
        if isinstance(value, str):
            return value.lstrip(MARK)
        return super().get_prep_value(value)

    def from_db_value(
        self, value: str | None, expression: Any, connection: BaseDatabaseWrapper
    ) -> str | None:
        return read(value) if value else value

    def value_to_string(self, obj: models.Model) -> str:
        """For ``dumpdata``: as it stands in the table."""
        return str(self.get_prep_value(self.value_from_object(obj)))

    def to_python(self, value: Any) -> Any:
        return read(value) if isinstance(value, str) else value


def read(stored: str) -> str:
    """Say what was stored in the language that is active now."""
    if isinstance(stored, Sentence) or not stored.startswith(MARK):
        return stored
    try:
        return _unpack(json.loads(stored[len(MARK) :]))
    except (ValueError, TypeError, KeyError):
        return stored.lstrip(MARK)


def _pack(value: Any) -> Any:
    if isinstance(value, Sentence):
        values = {key: _pack(one) for key, one in value.values.items()}
        return {WORDS: value.words, VALUES: values}
    return value if isinstance(value, int | float) else str(value)


def _unpack(packed: dict[str, Any]) -> Sentence:
    values = {
        key: _unpack(one) if isinstance(one, dict) else one for key, one in packed[VALUES].items()
    }
    return Sentence.of(packed[WORDS], values)
