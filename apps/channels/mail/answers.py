"""What an outgoing server answers (RFC 5321, 4.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Answers that speak of the log-in or the service, not of this message: mended by a person.
OF_THE_ACCOUNT = {421, 454, 530, 534, 535, 538}


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply of the server; its text is cut and made printable for an operator."""

    code: int
    text: str

    @classmethod
    def of(cls, code: int, text: bytes | str) -> Answer:
        decoded = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        return cls(code, re.sub(r"\s+", " ", decoded).strip()[:300])

    @property
    def permanent(self) -> bool:
        return self.code >= 500 and self.code not in OF_THE_ACCOUNT

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()
