"""What can stand in the way of sending and receiving; each message is a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _


class ChannelError(Exception):
    """Base of all refusals; ``str()`` is translated and says what to do."""


class NoAccount(ChannelError):
    """Nothing is set up by which this could leave."""

    def __init__(self, channel: str) -> None:
        super().__init__(
            _("No account of the channel “%(channel)s” can send this. Set a default one up.")
            % {"channel": channel}
        )
        self.channel = channel


class NoAddress(ChannelError):
    """Nobody is left to send it to."""

    def __init__(self) -> None:
        super().__init__(_("There is no address to send this to. Write one into “To”."))


class CannotTell(ChannelError):
    """No notice of ours may go to this customer now."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Nothing was sent: there is no address of theirs, or a notice went to them within"
                " the hour. Put the address into an answer instead."
            )
        )


class BadAddress(ChannelError):
    """An address that nothing can be sent to."""

    def __init__(self, value: str, reason: str) -> None:
        super().__init__(reason)
        self.value = value


class CustomersOwnAddress(ChannelError):
    """Something internal was to go to the customer."""

    def __init__(self, value: str) -> None:
        super().__init__(
            _("%(address)s is the customer. Answer them, or forward to somebody else.")
            % {"address": value}
        )
        self.value = value


class NothingSaid(ChannelError):
    """An answer without a word and without a file."""

    def __init__(self) -> None:
        super().__init__(_("Write something first."))


class Unfilled(ChannelError):
    """A placeholder of a canned reply still stands where its value belongs."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            _("Write something in the place of %(names)s first: nothing is known for it here.")
            % {"names": ", ".join("{{" + name + "}}" for name in names)}
        )
        self.names = list(names)


class EmptyInput(ChannelError):
    """An input without a single byte; nothing is stored."""

    def __init__(self) -> None:
        super().__init__(_("The input is empty."))


class NotInQuarantine(ChannelError):
    """Only what is in quarantine can be tried again."""

    def __init__(self) -> None:
        super().__init__(_("This input is not in quarantine any more."))


class WrongState(ChannelError):
    """The delivery has moved on and does not allow this now."""

    def __init__(self, state: str) -> None:
        super().__init__(
            _("This is not possible now: the message is in the state “%(state)s”.")
            % {"state": state}
        )
        self.state = state


class LeaseLost(ChannelError):
    """Another worker or a person has taken the delivery over meanwhile."""
