"""The keyboard map: the help sheet shows this list, and the browser reads it from there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Key:
    """``does`` names the deed in ``static/js/keyboard.js``; without it the browser does it.

    A ``single`` key works outside of fields alone and can be switched off in the profile;
    ``caps`` are the keys as they are drawn.
    """

    label: _StrPromise
    caps: tuple[str, ...]
    does: str = ""
    single: bool = True

    @property
    def press(self) -> str:
        """The key as a browser's event names it; with Shift a capital."""
        return self.caps[-1] if self.does else ""

    @property
    def shift(self) -> bool:
        """Whether it is pressed with Shift: a capital alone may come from Caps Lock."""
        return "Shift" in self.caps


KEYS = (
    Key(_("Next case"), ("j",), "next"),
    Key(_("Previous case"), ("k",), "previous"),
    Key(_("Open case"), ("↵",)),
    Key(_("Reply"), ("r",), "reply"),
    Key(_("Internal note"), ("n",), "note"),
    Key(_("Phone note"), ("c",), "call"),
    Key(_("Assign"), ("a",), "assign"),
    Key(_("Take the case"), ("t",), "take"),
    Key(_("Edit the case"), ("e",), "edit"),
    Key(_("Remember something of the customer"), ("m",), "remember"),
    Key(_("Make a promise"), ("p",), "promise"),
    Key(_("The pinned promise is kept"), ("Shift", "K"), "kept"),
    Key(_("Undo"), ("z",), "undo"),
    Key(_("Search"), ("/",), "search"),
    Key(_("This help"), ("?",), "help"),
    Key(_("Go to anything, do anything"), ("Ctrl", "K"), single=False),
    Key(_("Send"), ("Ctrl", "↵"), single=False),
    Key(_("Canned replies, on an empty line of an answer"), ("/",), single=False),
    Key(_("Name a colleague, in a note"), ("@",), single=False),
)


def keys_for(*, single: bool) -> list[Key]:
    """What works for somebody who has single keys on or off."""
    return [key for key in KEYS if single or not key.single]
