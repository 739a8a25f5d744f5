"""Panels of a case in which words wait: each stands among its composers until it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Unsent:
    """``place`` is where the panel opens, below the case's address."""

    place: str
    label: str | Lazy
    kept: str


PANELS: dict[str, tuple[str, str | Lazy]] = {
    "forward": ("forward/", _("Forward")),
    "edit": ("edit/", _("Edit")),
    "assign": ("assign/", _("Assign")),
    "promise": ("promise/", _("Promise")),
    "ask": ("ask/", _("Ask")),
    "senior": ("senior/", _("Somebody senior")),
    "remember": ("remember/", _("Remember")),
    "seats": ("participants/", _("Who takes part")),
    "split": ("split/", _("Split")),
    "merge": ("merge/", _("Merge")),
}


def panels(kept: Mapping[str, str]) -> list[Unsent]:
    """Those with a draft, in the order of the menu."""
    return [
        Unsent(place, label, kept[composer])
        for composer, (place, label) in PANELS.items()
        if composer in kept
    ]
