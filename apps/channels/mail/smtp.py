"""Connections to outgoing servers: opened, logged in, and kept for the next mail."""

from __future__ import annotations

import base64
import os
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from apps.channels.driver import AccountView, BadSetting, DeliveryError
from apps.channels.mail import oauth
from apps.channels.mail.accounts import OUTGOING, Server, read_password, read_server
from apps.channels.mail.answers import Answer
from apps.channels.mail.oauth import OAuth
from apps.common.sentences import gettext as _

# Seconds for each step of the dialogue; a server that takes longer is tried again later.
TIMEOUT = 45.0
# Connecting and the greeting are one step; saying goodbye is a courtesy.
GREETING_TIMEOUT = 25.0
GOODBYE_TIMEOUT = 10.0
# Servers end connections that are silent for minutes, or that have brought very many mails.
IDLE_SECONDS = 20.0
MAILS_EACH = 100
KEPT_EACH = 3
REFUSED_LOG_IN = 535
Lost = (smtplib.SMTPException, OSError)


@dataclass(frozen=True, slots=True)
class Way:
    """How an account's outgoing server is reached, and as whom we greet it."""

    server: Server
    own_name: str
    oauth: OAuth | None = field(default=None, repr=False)


@dataclass(slots=True)
class Kept:
    """An open connection, how many mails it has brought, and since when it is idle."""

    smtp: smtplib.SMTP
    mails: int = 0
    idle_since: float = 0.0


class Connections:
    """Open connections of one process, each used by one thread at a time.

    Opening one costs more than the mail: a log-in, and with TLS a handshake.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: dict[Way, list[Kept]] = {}
        os.register_at_fork(after_in_child=self._forget)

    def close_idle(self, *, altogether: bool = False) -> None:
        """Say goodbye on connections that nobody has used for a while, or on all idle ones."""
        until = time.monotonic() - (0 if altogether else IDLE_SECONDS)
        for one in self._withdraw(lambda kept: kept.idle_since <= until):
            leave(one.smtp)

    def take(self, way: Way) -> Kept | None:
        """An idle connection that still answers; the youngest, since it lives most probably."""
        while True:
            with self._lock:
                idle = self._idle.get(way)
                kept = idle.pop() if idle else None
            if kept is None:
                return None
            if time.monotonic() - kept.idle_since < IDLE_SECONDS and _is_alive(kept.smtp):
                return kept
            kept.smtp.close()

    def give(self, way: Way, kept: Kept) -> None:
        """Keep a connection for the next mail, unless there are enough or it is worn."""
        kept.idle_since = time.monotonic()
        if kept.mails < MAILS_EACH:
            with self._lock:
                idle = self._idle.setdefault(way, [])
                if len(idle) < KEPT_EACH:
                    idle.append(kept)
                    return
        leave(kept.smtp)

    def _withdraw(self, choose: Callable[[Kept], bool]) -> list[Kept]:
        with self._lock:
            chosen = [kept for idle in self._idle.values() for kept in idle if choose(kept)]
            left = {
                way: [kept for kept in idle if not choose(kept)] for way, idle in self._idle.items()
            }
            self._idle = {way: idle for way, idle in left.items() if idle}
        return chosen

    def _forget(self) -> None:
        """A forked child must not speak on its parent's connections."""
        self._lock = threading.Lock()
        for one in self._withdraw(lambda _kept: True):
            one.smtp.close()


@contextmanager
def session(
    account: AccountView, renew: Callable[[], None], connections: Connections | None = None
) -> Iterator[smtplib.SMTP]:
    """A connection that is logged in and has no mail begun; ``renew`` after each step.

    It goes to ``connections`` when the block ends well. Faults before the final dot become
    DeliveryErrors of the account.
    """
    way = read_way(account)
    kept: Kept | None = None
    try:
        kept = connections.take(way) if connections else None
        kept = kept or Kept(_open(way, renew))
        kept.mails += 1
        yield kept.smtp
        done, kept = kept, None
        connections.give(way, done) if connections else leave(done.smtp)
    except smtplib.SMTPResponseException as error:
        raise _refusal(way.server, Answer.of(error.smtp_code, error.smtp_error)) from error
    except ssl.SSLCertVerificationError as error:
        reason = _("The certificate of %(server)s is not trusted: %(fault)s")
        raise _unusable(reason, way.server, error.verify_message) from error
    except Lost as error:
        reason = _("The server %(server)s cannot be used: %(fault)s")
        raise _unusable(reason, way.server, str(error) or type(error).__name__) from error
    finally:
        if kept is not None:
            kept.smtp.close()


def read_way(account: AccountView) -> Way:
    """What an account says of its outgoing server; raises DeliveryError."""
    if not account.outgoing:
        reason = _("The account “%(name)s” has no outgoing server.")
        raise DeliveryError(reason % {"name": account.name}, permanent=False, unreachable=True)
    try:
        server = read_server("outgoing", account.outgoing, OUTGOING)
        grant = _read_grant(server, account.incoming, account.options)
    except BadSetting as error:
        raise DeliveryError(error.reason, permanent=False, unreachable=True) from error
    # The name given in EHLO; without it smtplib asks the resolver, which may take seconds.
    own_name = account.address.rpartition("@")[2] or "localhost"
    return Way(server, own_name, grant)


def leave(smtp: smtplib.SMTP) -> None:
    """Say goodbye, which a server may miss without harm."""
    with suppress(*Lost):
        wait_at_most(smtp, GOODBYE_TIMEOUT)
        smtp.quit()
    smtp.close()


def wait_at_most(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


def _read_grant(server: Server, incoming: str, options: Mapping[str, str]) -> OAuth | None:
    """The mailbox's grant serves for sending too, where no password of its own is given."""
    received_with = read_password(incoming)
    if not server.user or (received_with and server.password not in {"", received_with}):
        return None
    return oauth.read(options, server.password or received_with)


def _is_alive(smtp: smtplib.SMTP) -> bool:
    """Whether the server still listens; whatever was left of a mail is gone then."""
    smtp.command_encoding = "ascii"
    try:
        wait_at_most(smtp, GOODBYE_TIMEOUT)
        code, _text = smtp.docmd("RSET")
        wait_at_most(smtp, TIMEOUT)
    except Lost:
        return False
    return code == 250


def _open(way: Way, renew: Callable[[], None]) -> smtplib.SMTP:
    server = way.server
    context = ssl.create_default_context()
    place = (server.host, server.port, way.own_name)
    if server.scheme == "smtps":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(*place, timeout=GREETING_TIMEOUT, context=context)
    else:
        smtp = smtplib.SMTP(*place, timeout=GREETING_TIMEOUT)
    try:
        _speak_at_once(smtp)
        wait_at_most(smtp, TIMEOUT)
        renew()
        if server.scheme == "smtp+starttls":
            smtp.ehlo_or_helo_if_needed()
            renew()
            smtp.starttls(context=context)
            renew()
        smtp.ehlo_or_helo_if_needed()
        renew()
        if server.user:
            _log_in(smtp, way)
            renew()
    except BaseException:
        smtp.close()
        raise
    return smtp


def _speak_at_once(smtp: smtplib.SMTP) -> None:
    """The final dot must not wait until the text before it is confirmed (RFC 896): 40 ms a mail."""
    if smtp.sock is not None:
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _log_in(smtp: smtplib.SMTP, way: Way) -> None:
    """Log in by password or token; a token that is refused is asked for anew, once."""
    if way.oauth is None:
        _show_password(smtp, way.server.user, way.server.password)
        return
    try:
        _show_token(smtp, way.server.user, way.oauth)
    except smtplib.SMTPAuthenticationError as error:
        oauth.forget(way.oauth)
        if error.smtp_code != REFUSED_LOG_IN:
            raise
        _show_token(smtp, way.server.user, way.oauth)


def _show_password(smtp: smtplib.SMTP, user: str, password: str) -> None:
    """Log in; what smtplib cannot write goes as PLAIN in UTF-8 (RFC 4616)."""
    if (user + password).isascii():
        smtp.login(user, password)
        return
    words = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    code, text = smtp.docmd("AUTH", f"PLAIN {words}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, text)


def _show_token(smtp: smtplib.SMTP, user: str, grant: OAuth) -> None:
    try:
        words = oauth.sasl_words(user, oauth.access_token(grant))
    except oauth.TokenError as error:
        raise DeliveryError(error.reason, permanent=False, unreachable=True) from error
    # A second question holds what is wrong, and is answered with nothing.
    smtp.auth("XOAUTH2", lambda question=None: words if question is None else "")


def _unusable(reason: str, server: Server, fault: str) -> DeliveryError:
    values = {"server": server.place, "fault": fault}
    return DeliveryError(reason % values, permanent=False, unreachable=True)


def _refusal(server: Server, answer: Answer) -> DeliveryError:
    """A refusal before any mail was offered is never the mail's fault."""
    reason = _("The server %(server)s refused us: %(answer)s")
    values = {"server": server.place, "answer": answer}
    return DeliveryError(reason % values, permanent=False, unreachable=True)
