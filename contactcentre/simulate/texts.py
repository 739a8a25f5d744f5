"""Sentences of customers and agents, in Chinese and English, from a seeded generator."""

from __future__ import annotations

import tomllib
from pathlib import Path
from random import Random

FOLDER = Path(__file__).parent
FILES = {"en": "english.toml", "zh-hans": "chinese.toml"}
SLOTS = ("part", "thing", "place", "day")
JOINTS = {"en": " ", "zh-hans": ""}


class Writer:
    """Writes in one language; ``language`` is a value of the data."""

    def __init__(self, language: str, rnd: Random) -> None:
        words = tomllib.loads((FOLDER / FILES[language]).read_text(encoding="utf-8"))
        self.language = language
        self._words: dict[str, list[str]] = words
        self._rnd = rnd
        self._joint = JOINTS[language]

    def name(self) -> str:
        first, last = self._one("first"), self._one("last")
        return f"{first} {last}" if self.language == "en" else f"{last}{first}"

    def organisation(self) -> str:
        return self._one("organisation")

    def subject(self) -> str:
        written = self._fill(self._one("subject"))
        return written[0].upper() + written[1:]

    def word_of_customer(self) -> str:
        """A message of two to seven sentences, as long as such messages are."""
        body = self._sentences("says", self._rnd.randint(2, 7))
        return f"{self._one('greeting')}\n\n{body}\n\n{self._one('closing')}"

    def answer(self, name: str) -> str:
        body = self._sentences("answers", self._rnd.randint(2, 5))
        opening = self._one("open").format(name=name)
        return f"{opening}\n\n{self._one('thanks')}{self._joint}{body}\n\n{self._one('closing')}"

    def note(self) -> str:
        return self._fill(self._one("note"))

    def _sentences(self, kind: str, number: int) -> str:
        chosen = self._rnd.sample(self._words[kind], number)
        return self._joint.join(map(self._fill, chosen))

    def _fill(self, template: str) -> str:
        values = {slot: self._one(slot) for slot in SLOTS if f"{{{slot}}}" in template}
        return template.format(n=self._rnd.randint(2, 97), **values)

    def _one(self, kind: str) -> str:
        words = self._words[kind]
        return words[int(self._rnd.random() * len(words))]
