"""The border for drivers that do more than parse and send; a driver that has the methods of
one of these protocols takes part.

Those that fetch or listen by themselves, or that services post to, bring raw bytes; the core
commits them before anything is acknowledged on the far side (an IMAP flag, an SMTP 250, an
HTTP 200).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Any, Protocol, runtime_checkable

from django.db.models import QuerySet
from django.http import HttpRequest

from apps.channels.driver import AccountView


class IntakeClosed(Exception):
    """The database takes nothing at the moment; the far side is to come again later."""


class NotGenuine(Exception):
    """What was posted does not prove that it comes from the account's service."""


class Intake(Protocol):
    """What the core gives a driver that collects: its accounts, and a place for raw input."""

    def accounts(self) -> Sequence[AccountView]:
        """The enabled accounts of the driver's channel. Raises IntakeClosed."""
        ...

    def store(self, account_id: int, raws: Sequence[bytes], content_type: str) -> Sequence[int]:
        """Commit inputs, none of them empty; once this returns they are safe.

        Returns what ``settle`` takes. The same bytes of one account are stored once, so
        handing them over again changes nothing. Raises IntakeClosed, with nothing stored.
        """
        ...

    def settle(self, account_id: int, stored: Sequence[int]) -> None:
        """Turn what ``store`` returned into messages of cases. Never raises: what fails is tried
        again by the sweep and ends in quarantine.
        """
        ...

    def rest(self) -> None:
        """The calling thread will wait for a while: let go of its database connection."""
        ...


@runtime_checkable
class Collecting(Protocol):
    """A driver that fetches what lies ready elsewhere (a mailbox, a spool)."""

    slug: str

    def collects(self, account: AccountView) -> bool:
        """Whether this account has something to fetch from."""
        ...

    def watch(self, account: AccountView, intake: Intake, stop: Event) -> None:
        """Fetch as things arrive until ``stop`` is set; ends within two seconds of it.

        Waits through every fault of the far side. Several watchers of one account take
        turns: one works, the others wait.
        """
        ...

    def fetch(self, account: AccountView, intake: Intake, stop: Event) -> None:
        """Fetch once what is there now, unless a watcher has the account. Raises nothing
        that the far side causes: faults stand in the account's health.
        """
        ...

    def check_incoming(self, account: AccountView) -> None:
        """Connect as for fetching, fetch nothing. Raises DriverError with what to mend."""
        ...


@runtime_checkable
class Listening(Protocol):
    """A driver that can be spoken to over the network."""

    slug: str

    def listen(self, intake: Intake, endpoints: Mapping[str, str], stop: Event) -> None:
        """Serve ``endpoints`` (protocol → HOST:PORT or the path of a socket) until ``stop``.

        Raises OSError when an endpoint cannot be listened on.
        """
        ...


@dataclass(frozen=True, slots=True)
class IntakeState:
    """How fetching for one account goes. ``left_behind`` counts what could not be fetched.

    ``is_watched``: somebody waits for what arrives at this moment.
    """

    last_success_at: datetime | None
    last_error: str
    last_error_at: datetime | None
    is_failing: bool
    is_watched: bool
    next_attempt_at: datetime | None = None
    left_behind: int = 0


@runtime_checkable
class Reporting(Protocol):
    """A driver that can tell how its fetching goes."""

    slug: str

    def intake_states(self, account_ids: Sequence[int]) -> Mapping[int, IntakeState]:
        """What is known of these accounts; whoever has nothing to fetch from is left out."""
        ...

    def failing_accounts(self) -> QuerySet[Any, Any]:
        """The keys of accounts from which nothing can be fetched, as part of a larger query."""
        ...


@runtime_checkable
class Posted(Protocol):
    """A driver whose accounts' services post what arrived over HTTP (a webhook)."""

    slug: str
    content_types: tuple[str, ...]

    def read_post(self, account: AccountView, request: HttpRequest) -> Sequence[bytes]:
        """Return the inputs that a service posted, as they are to be stored, none of them
        empty; no input at all where it only tries whether we answer.

        Raises NotGenuine, or Unreadable for what is genuine and cannot be understood.
        """
        ...


@runtime_checkable
class Resting(Protocol):
    """A driver that keeps connections open from one message to the next."""

    def rest(self, *, altogether: bool = False) -> None:
        """Close those that have been idle for a while, or all idle ones."""
        ...


@runtime_checkable
class Reachable(Protocol):
    """A driver whose accounts stand on servers with a name and a port."""

    def servers(self, account: AccountView) -> Mapping[str, tuple[str, int]]:
        """Host and port of ``outgoing`` and ``incoming``, as far as set. Raises BadSetting."""
        ...


@dataclass(frozen=True, slots=True)
class OptionField:
    """A setting of a driver's own, for the form of an account; its value is a word."""

    name: str
    label: str
    help_text: str = ""


@runtime_checkable
class Configurable(Protocol):
    """A driver with settings of its own beside address and servers."""

    slug: str

    def option_fields(self) -> Sequence[OptionField]:
        """What the form asks for; ``clean_settings`` judges the values under these names."""
        ...


@runtime_checkable
class Writing(Protocol):
    """A driver whose messages may hold HTML beside their text."""

    def clean_written(self, html: str) -> str:
        """What may leave of HTML that an agent wrote; pictures stay where they are ``cid:``."""
        ...

    def as_text(self, html: str) -> str:
        """The text that goes beside it."""
        ...
