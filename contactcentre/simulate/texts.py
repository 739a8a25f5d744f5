"""Sentences of customers and agents, in Chinese and English, from a seeded generator."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from random import Random

FOLDER = Path(__file__).parent
FILES = {"en": "english.toml", "zh-hans": "chinese.toml"}
JOINTS = {"en": " ", "zh-hans": ""}
NUMBERS = [str(n) for n in range(2, 98)]
_SLOT = re.compile(r"{(\w+)}")

type Template = tuple[str, tuple[Sequence[str], ...]]


class Writer:
    """Writes in one language; ``language`` is a value of the data."""

    def __init__(self, language: str, rnd: Random) -> None:
        file = FOLDER / FILES[language]
        self.language = language
        self._words: dict[str, list[str]] = tomllib.loads(file.read_text(encoding="utf-8"))
        self._templates = {
            kind: [self._template(line) for line in self._words[kind]]
            for kind in ("subject", "says", "answers", "note")
        }
        self._rnd = rnd
        self._joint = JOINTS[language]

    def name(self) -> str:
        first, last = self._one("first"), self._one("last")
        return f"{first} {last}" if self.language == "en" else f"{last}{first}"

    def organisation(self) -> str:
        return self._one("organisation")

    def organisations(self) -> list[str]:
        return self._words["organisation"]

    def subject(self) -> str:
        written = self._sentences("subject", 1)
        return written[0].upper() + written[1:]

    def word_of_customer(self) -> str:
        """A message of two to seven sentences, as long as such messages are."""
        body = self._sentences("says", 2 + int(self._rnd.random() * 6))
        return f"{self._one('greeting')}\n\n{body}\n\n{self._one('closing')}"

    def answer(self, name: str) -> str:
        body = self._sentences("answers", 2 + int(self._rnd.random() * 4))
        opening = self._one("open").format(name=name)
        return f"{opening}\n\n{self._one('thanks')}{self._joint}{body}\n\n{self._one('closing')}"

    def promised(self) -> str:
        """What a customer is called back about."""
        return self._one("promised")

    def note(self) -> str:
        return self._sentences("note", 1)

    def _sentences(self, kind: str, number: int) -> str:
        """Every so many-th sentence from somewhere on, so that none comes twice."""
        lines = self._templates[kind]
        start = int(self._rnd.random() * len(lines))
        step = len(lines) // number
        chosen = [lines[(start + i * step) % len(lines)] for i in range(number)]
        return self._joint.join(map(self._fill, chosen))

    def _fill(self, template: Template) -> str:
        line, slots = template
        random = self._rnd.random
        return line % tuple([words[int(random() * len(words))] for words in slots])

    def _template(self, line: str) -> Template:
        slots = tuple(self._slot(name) for name in _SLOT.findall(line))
        return _SLOT.sub("%s", line), slots

    def _slot(self, name: str) -> Sequence[str]:
        return NUMBERS if name == "n" else self._words[name]

    def _one(self, kind: str) -> str:
        words = self._words[kind]
        return words[int(self._rnd.random() * len(words))]
