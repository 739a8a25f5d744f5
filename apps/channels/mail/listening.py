"""``maild``: LMTP (RFC 2033) and SMTP for a mail server that stands in front of us.

A 250 means that the mail is committed. While the database is away everything is 451, so
that the server in front keeps the mail. It speaks to a trusted neighbour: there is no
log-in and no encryption, hence the loopback interface or a socket file.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, cast

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from apps.channels.doors import Intake, IntakeClosed
from apps.channels.mail.addresses import normalise
from apps.channels.mail.envelope import with_envelope

logger = logging.getLogger(__name__)

CONTENT_TYPE = "message/rfc822"
LARGEST_MAIL = 40 << 20
SILENCE_SECONDS = 300
ACCOUNTS_SECONDS = 5.0
STORING_THREADS = 4
SETTLE_AT_ONCE = 50
END_SECONDS = 5.0

TAKEN = "250 2.0.0 Stored"
CLOSED = "451 4.3.0 Cannot store mail at the moment, try again later"
UNKNOWN = "550 5.1.1 No mailbox here has this address"
EMPTY = "554 5.6.0 The mail is empty"
PROTOCOLS = ("lmtp", "smtp")


class _Lines:
    """Lines of a mail may be as long as the mail: refusing them would bounce real mail."""

    line_length_limit = LARGEST_MAIL


class SmtpSession(_Lines, SMTP):
    """One connection that speaks SMTP."""

    __ident__ = "Contact centre"


class LmtpSession(_Lines, LMTP):
    """One connection that speaks LMTP: after DATA every recipient has an answer of its own."""

    __ident__ = "Contact centre"
    _in_data = False

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Take a mail; see ``push``."""
        self._in_data = True
        try:
            await super().smtp_DATA(arg)
        finally:
            self._in_data = False

    async def push(self, status: Any) -> None:
        """Send an answer; what aiosmtpd itself says about a whole mail (too large) is said
        once for each recipient.
        """
        recipients = len(self.envelope.rcpt_tos) if self.envelope else 0
        final = self._in_data and not str(status).startswith("354")
        if final and recipients > 1 and "\r\n" not in status:
            status = "\r\n".join([status] * recipients)
        await super().push(status)


class Handler:
    """What happens between the envelope and the 250 (aiosmtpd calls the ``handle_`` methods)."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._addresses: dict[str, int] = {}
        self._read_at = float("-inf")
        self._storing = ThreadPoolExecutor(STORING_THREADS, thread_name_prefix="store")
        self._settling = ThreadPoolExecutor(1, thread_name_prefix="settle")
        self._waiting: dict[int, list[int]] = defaultdict(list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        try:
            known = await self._find(address)
        except IntakeClosed:
            return CLOSED
        if known is None:
            return UNKNOWN
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Known"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        recipients = list(envelope.rcpt_tos)
        raw = cast("bytes", envelope.content)
        if not raw.strip():
            answers = dict.fromkeys(recipients, EMPTY)
        else:
            answers = await self._take(raw, (envelope.mail_from or "").strip("<>"), recipients)
        if isinstance(server, LMTP):
            return "\r\n".join(answers[recipient] for recipient in recipients)
        return next((a for a in answers.values() if a != TAKEN), TAKEN)

    async def handle_exception(self, error: Exception) -> str:
        """Nothing that goes wrong with us may become somebody's bounce."""
        logger.error("a mail was not taken", exc_info=error)
        return CLOSED

    def close(self) -> None:
        """Let what is committed be settled, for a few seconds; the sweep finds the rest."""
        self._storing.shutdown(wait=True)
        until = time.monotonic() + END_SECONDS
        while any(self._waiting.values()) and time.monotonic() < until:
            time.sleep(0.05)
        self._settling.shutdown(wait=True, cancel_futures=True)

    async def _find(self, address: str) -> int | None:
        """The account behind an address, whatever stands behind a plus. Raises IntakeClosed."""
        if time.monotonic() - self._read_at > ACCOUNTS_SECONDS:
            self._addresses = await self._run(self._read_addresses)
            self._read_at = time.monotonic()
        local, _at, domain = normalise(address).rpartition("@")
        whole = self._addresses.get(f"{local}@{domain}")
        return whole or self._addresses.get(f"{local.partition('+')[0]}@{domain}")

    def _read_addresses(self) -> dict[str, int]:
        accounts = self._intake.accounts()
        return {normalise(one.address): one.id for one in accounts if one.address}

    async def _take(self, raw: bytes, sender: str, recipients: Sequence[str]) -> dict[str, str]:
        """Store a mail once for each account that it is for; an answer for each recipient."""
        groups: dict[int, list[str]] = defaultdict(list)
        answers: dict[str, str] = {}
        for recipient in recipients:
            try:
                account_id = await self._find(recipient)
            except IntakeClosed:
                account_id = None
            if account_id is None:
                answers[recipient] = CLOSED
            else:
                groups[account_id].append(recipient)
        for account_id, mine in groups.items():
            body = with_envelope(raw, sender, mine)
            answer = await self._store(account_id, body)
            answers.update(dict.fromkeys(mine, answer))
        return answers

    async def _store(self, account_id: int, body: bytes) -> str:
        try:
            stored = await self._run(partial(self._intake.store, account_id, [body], CONTENT_TYPE))
        except IntakeClosed:
            logger.warning("a mail could not be stored", exc_info=True)
            return CLOSED
        except Exception:
            logger.exception("a mail could not be stored")
            return CLOSED
        self._waiting[account_id] += stored
        self._settling.submit(self._settle, account_id)
        return TAKEN

    def _settle(self, account_id: int) -> None:
        """Settle what has gathered for an account since the last time."""
        waiting = self._waiting[account_id]
        if some := waiting[:SETTLE_AT_ONCE]:
            self._intake.settle(account_id, some)
            del waiting[: len(some)]
            self._intake.rest()

    async def _run[Result](self, work: Callable[[], Result]) -> Result:
        def and_rest() -> Result:
            try:
                return work()
            finally:
                self._intake.rest()

        return await asyncio.get_running_loop().run_in_executor(self._storing, and_rest)


def listen(intake: Intake, endpoints: Mapping[str, str], stop: Event) -> None:
    """Serve until ``stop`` is set. Raises OSError when an address cannot be listened on."""
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd's, a line a command
    for place in endpoints.values():
        _clear(place)
    asyncio.run(_serve(Handler(intake), endpoints, stop))


async def _serve(handler: Handler, endpoints: Mapping[str, str], stop: Event) -> None:
    loop = asyncio.get_running_loop()
    async with contextlib.AsyncExitStack() as stack:
        for protocol, place in endpoints.items():
            kind = LmtpSession if protocol == "lmtp" else SmtpSession
            factory = partial(
                kind,
                handler,
                data_size_limit=LARGEST_MAIL,
                enable_SMTPUTF8=True,
                hostname="localhost",
                timeout=SILENCE_SECONDS,
                loop=loop,
            )
            server = await _bind(loop, factory, place)
            stack.callback(server.close)
        await asyncio.to_thread(stop.wait)
    await asyncio.to_thread(handler.close)


async def _bind(
    loop: asyncio.AbstractEventLoop, factory: Callable[[], SMTP], place: str
) -> asyncio.Server:
    """Listen on HOST:PORT, or on a socket file when the place holds a slash."""
    if "/" in place:
        return await loop.create_unix_server(factory, place)
    host, _colon, port = place.rpartition(":")
    return await loop.create_server(factory, host.strip("[]") or "127.0.0.1", int(port))


def _clear(place: str) -> None:
    """Remove the socket file that a predecessor left behind."""
    if "/" in place and Path(place).is_socket():
        Path(place).unlink()
