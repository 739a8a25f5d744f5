"""A body as a mail program writes it, and the part of it that its writer wrote."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """``visible`` is what stands unfolded; every word of ``body`` stays in the full text."""

    body: str
    visible: str
    html: bool = False


def above(own: str, rest: str) -> Case:
    """What was written above, everything else below."""
    return Case(f"{own}\n{rest}", own)


def page(own: str, visible: str, rest: str) -> Case:
    return Case(f"<html><body>{own}{rest}</body></html>", visible, html=True)
