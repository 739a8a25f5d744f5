"""An SMTP relay (aiosmtpd, in a thread) that keeps what it takes; faults by address.

The local part of a recipient asks for them: ``451`` a temporary refusal, ``550`` a permanent
one, ``slow`` an answer after ``slow_seconds``.
"""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.services import find_free_port

SIZE_LIMIT = 30 << 20
REFUSALS = {"550": "550 5.1.1 no such user", "451": "451 4.3.0 try again later"}


@dataclass(frozen=True)
class Received:
    """One message as the relay took it."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """The message as the standard library reads it."""
        return email.message_from_bytes(self.raw, policy=email.policy.default)


@dataclass
class Relay:
    """The running server: where it listens, what it took, and how it behaves."""

    port: int
    slow_seconds: float = 8.0
    refuse_data: str = ""
    received: list[Received] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address as an account's ``outgoing`` value."""
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[Received]:
        """What arrived for one recipient, in order."""
        return [mail for mail in self.received if address in mail.recipients]

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        word = address.partition("@")[0]
        if word in REFUSALS:
            return REFUSALS[word]
        if word == "slow":
            await asyncio.sleep(self.slow_seconds)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.refuse_data:
            return self.refuse_data
        mail = Received(
            envelope.mail_from or "", tuple(envelope.rcpt_tos), cast("bytes", envelope.content)
        )
        self.received.append(mail)
        return "250 2.0.0 queued"


@contextlib.contextmanager
def running_relay(
    port: int = 0,
    *,
    tls: ssl.SSLContext | None = None,
    implicit_tls: bool = False,
    login: tuple[str, str] | None = None,
) -> Iterator[Relay]:
    """Yield a relay that listens; with ``login`` it takes mail only from that user."""
    relay = Relay(port or find_free_port())

    def authenticate(_server: Any, _session: Any, _envelope: Any, _way: str, data: Any) -> Any:
        given = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode())
        return AuthResult(success=given == login, handled=False)

    controller = Controller(
        relay,
        hostname="127.0.0.1",
        port=relay.port,
        data_size_limit=SIZE_LIMIT,
        enable_SMTPUTF8=True,
        ssl_context=tls if implicit_tls else None,
        tls_context=None if implicit_tls else tls,
        authenticator=authenticate if login else None,
        auth_required=login is not None,
        auth_require_tls=tls is not None and not implicit_tls,
    )
    controller.start()
    try:
        yield relay
    finally:
        controller.stop()
