"""What can stand in a customer's way; each message is a sentence for them."""

from __future__ import annotations

from django.utils.translation import gettext as _


class HelpError(Exception):
    """Base of all refusals; ``str()`` is translated and says what to do."""


class TooManyCodes(HelpError):
    """Too many codes were asked for, for this address or from this place."""

    def __init__(self) -> None:
        super().__init__(_("You have asked for many codes. Wait an hour, then try again."))


class WrongCode(HelpError):
    """The code is not the one that was sent, or nobody can use it any more."""

    def __init__(self) -> None:
        super().__init__(_("That code does not work. Look at it once more, or ask for a new one."))


class NotYours(HelpError):
    """The request belongs to somebody else, or does not exist: both are answered alike."""


class HasCallback(HelpError):
    """One call at a time is owed in a request."""

    def __init__(self) -> None:
        super().__init__(_("A call is booked already. You can move or cancel it."))


class TooManyCalls(HelpError):
    """Calls were booked and moved again and again."""

    def __init__(self) -> None:
        super().__init__(
            _("You have booked or moved calls many times. Wait an hour, or write to us.")
        )
