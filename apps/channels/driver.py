"""The border between a channel's transport and the core.

A driver translates: bytes of its transport into an ``Incoming``, an ``Outgoing`` into
whatever its transport takes. What crosses is frozen and complete, so that the core
decides everything else (threading, rights, retries) and a driver knows no case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

# ``Incoming.automatic`` of what bears our own portal's mark.
OWN_NOTICE = "own_notice"


class DriverError(Exception):
    """Something that a driver reports to the core; ``reason`` is shown to an operator."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unreadable(DriverError):
    """The input cannot be understood at all; intake quarantines it with the reason."""


class BadSetting(DriverError):
    """A value of an account is wrong; ``name`` is the setting's key."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name


class UnknownSetting(BadSetting):
    """No setting of the driver has this name; ``known`` are those it takes."""

    def __init__(self, name: str, reason: str, *, known: tuple[str, ...]) -> None:
        super().__init__(name, reason)
        self.known = known


class DeliveryError(DriverError):
    """A message did not leave.

    ``permanent`` means that trying again cannot help. ``unreachable`` means that the fault is
    the account's and not this message's (no connection, log-in refused): once the account
    answers again, everything that failed in this way is tried at once. ``gone`` are addresses,
    each with the reason, of which the other side says that nobody has them.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool,
        unreachable: bool = False,
        gone: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.unreachable = unreachable
        self.gone = gone or {}


class AnswerUnknown(DriverError):
    """The message was handed over, but the other side's answer was lost."""


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody on the far side: ``kind`` and ``value`` are those of an identity."""

    kind: str
    value: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class IncomingAttachment:
    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Returned:
    """One recipient of a message of ours, and what a report says became of it.

    ``status`` is an enhanced status code (RFC 3463) or "", ``delayed`` while the other side
    still tries, ``bad_address`` when nothing sent there can ever arrive.
    """

    address: str
    status: str = ""
    diagnostic: str = ""
    delayed: bool = False
    bad_address: bool = False


@dataclass(frozen=True, slots=True)
class BounceReport:
    """A transport's claim that messages did not arrive; the core decides what to believe.

    ``message_ids`` are those of the message that it is about as far as it quotes them,
    without brackets. ``recipients`` are all addresses named; others may be among them.
    """

    message_ids: tuple[str, ...]
    recipients: tuple[Returned, ...]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message as its channel means it, decoded and bounded, with no decision taken.

    ``external_id`` is the transport's own id (the Message-ID without brackets).
    ``references`` are ids that the message names, nearest first.
    ``delivered_to`` are all addresses it was sent or delivered to, lower case, among
    which the core looks for its signed plus-addresses; signed subject tokens are sought
    in ``subject``. ``automatic`` names the rule that tells a machine's message from a
    person's ("" for a person). ``occurred_at`` is the sender's own claim, or None.
    ``link`` is a key by which the channel itself ties messages (a topic, a call).
    ``reply_to`` is where the sender wants answers, for people alone: it proves nothing.
    ``bounce`` is set when the message reports that one of ours did not arrive.
    ``left_out`` is how many files more it brought than are read of one message.
    ``spam`` names the mark by which a filter before us calls it spam ("" for none).
    """

    sender: Party
    subject: str = ""
    text: str = ""
    text_folded: str = ""
    html: str = ""
    external_id: str = ""
    references: tuple[str, ...] = ()
    to: tuple[Party, ...] = ()
    cc: tuple[Party, ...] = ()
    reply_to: tuple[Party, ...] = ()
    delivered_to: tuple[str, ...] = ()
    occurred_at: datetime | None = None
    automatic: str = ""
    link: str = ""
    language: str = ""
    attachments: tuple[IncomingAttachment, ...] = ()
    left_out: int = 0
    bounce: BounceReport | None = None
    spam: str = ""


@dataclass(frozen=True, slots=True)
class AccountView:
    """What a driver may know of an account; secrets are already decrypted, and in no repr."""

    id: int
    name: str
    address: str = ""
    display_name: str = ""
    incoming: str = field(default="", repr=False)
    outgoing: str = field(default="", repr=False)
    options: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class OutgoingAttachment:
    name: str
    content_type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to send. ``message_id`` and ``created_at`` are the same on every attempt.

    ``reply_to`` is the address (with its signed part) at which an answer is recognised.
    ``references`` are ids for the References header, oldest first; the last is answered.
    ``automatic`` marks what no person wrote, ``answers_by_itself`` what answers a message so.
    ``envelope`` lists the addresses to hand it to when some have it already, all of ``to``
    and ``cc`` when empty (RFC 5321, 2.3.1: the envelope is not the header).
    """

    message_id: str
    created_at: datetime
    to: tuple[Party, ...]
    cc: tuple[Party, ...] = ()
    envelope: tuple[str, ...] = ()
    sender_name: str = ""
    reply_to: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    references: tuple[str, ...] = ()
    automatic: bool = False
    answers_by_itself: bool = False
    attachments: tuple[OutgoingAttachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side took the message, but not for everybody.

    ``refused`` are recipients that it will not take, ``deferred`` those that it may take
    later, each with the reason; ``gone`` are those among the refused that nobody has.
    """

    detail: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    deferred: Mapping[str, str] = field(default_factory=dict)
    gone: Mapping[str, str] = field(default_factory=dict)


@runtime_checkable
class Driver(Protocol):
    """A channel's transport. Registered once, in its app's ``ready``.

    ``slug`` is the channel's value in data and API, ``folder`` the name of its package
    (also taken by the shell commands), ``identity_kind`` the kind of its addresses.
    """

    slug: str
    folder: str
    identity_kind: str
    content_types: tuple[str, ...]

    def clean_settings(self, values: Mapping[str, str]) -> Mapping[str, str]:
        """Return the settings of an account, normalised; raises BadSetting."""
        ...

    def parse(self, account: AccountView, raw: bytes, content_type: str) -> Incoming:
        """Translate raw input. Pure: no database, no network. Raises Unreadable."""
        ...

    def send(
        self,
        account: AccountView,
        message: Outgoing,
        about_to_commit: Callable[[], None],
        renew: Callable[[], None],
    ) -> Receipt:
        """Hand a message over; raises DeliveryError or AnswerUnknown.

        ``about_to_commit`` is called once, just before the step after which the other side may
        have taken the message; after it the answer is awaited for two minutes at most.
        ``renew`` is called before that after every step, of which none takes longer than 45
        seconds: it keeps the delivery ours. What the two raise ends the attempt and passes
        through.
        """
        ...

    def check(self, account: AccountView) -> None:
        """Connect as for sending, send nothing. Raises DeliveryError with what to mend."""
        ...
