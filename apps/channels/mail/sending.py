"""Handing a mail to the account's server (RFC 5321), and knowing what became of it."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from apps.channels.driver import (
    AccountView,
    AnswerUnknown,
    BadSetting,
    DeliveryError,
    Outgoing,
    Receipt,
)
from apps.channels.mail.accounts import OUTGOING, Server, read_server
from apps.channels.mail.addresses import normalise
from apps.channels.mail.composing import compose
from apps.common.sentences import gettext as _

# Seconds for each step of the dialogue; a server that takes longer is tried again later.
TIMEOUT = 45.0
# Seconds for the answer to the final dot, which many servers give after they have looked for
# viruses; what is lost here is unknown, so patience pays (RFC 5321, 4.5.3.2.6).
ANSWER_TIMEOUT = 120.0
# Connecting and the greeting are one step; saying goodbye is a courtesy.
GREETING_TIMEOUT = 25.0
GOODBYE_TIMEOUT = 10.0
PIECE = 64 * 1024
_CRLF = b"\r\n"
# Answers that speak of the log-in or the service, not of this message: mended by a person.
_OF_THE_ACCOUNT = {421, 454, 530, 534, 535, 538}
_LOST = (smtplib.SMTPServerDisconnected, OSError)


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply of the server; its text is cut and made printable for an operator."""

    code: int
    text: str

    @classmethod
    def of(cls, code: int, text: bytes | str) -> Answer:
        decoded = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        return cls(code, re.sub(r"\s+", " ", decoded).strip()[:300])

    @property
    def permanent(self) -> bool:
        return self.code >= 500 and self.code not in _OF_THE_ACCOUNT

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()


def send(
    account: AccountView,
    message: Outgoing,
    about_to_commit: Callable[[], None],
    renew: Callable[[], None],
) -> Receipt:
    """Send a mail by the account's outgoing server.

    ``about_to_commit`` is called when the whole mail but its final dot has been handed
    over; from then on the server may have taken it; ``renew`` after every step before.
    Raises DeliveryError while it cannot have, or when the server says no; AnswerUnknown
    when its answer to the dot is lost.
    """
    _check_address(account)
    data = compose(account, message)
    recipients = _recipients(message)
    with _session(account, renew) as smtp:
        refused = _envelope(smtp, account, data, recipients, renew)
        detail = _transmit(smtp, data, about_to_commit, renew)
    later = {address: str(answer) for address, answer in refused.items() if not answer.permanent}
    never = {address: str(answer) for address, answer in refused.items() if answer.permanent}
    return Receipt(detail=detail, refused=never, deferred=later)


def check(account: AccountView) -> None:
    """Connect and log in as for sending, and leave again. Raises DeliveryError."""
    _check_address(account)
    with _session(account, lambda: None) as smtp:
        smtp.noop()


def _check_address(account: AccountView) -> None:
    """An account that cannot be a sender is no fault of its mails: they wait for it."""
    if not normalise(account.address):
        reason = _("The account “%(name)s” has no address to send from.")
        raise DeliveryError(reason % {"name": account.name}, permanent=False, unreachable=True)


@contextmanager
def _session(account: AccountView, renew: Callable[[], None]) -> Iterator[smtplib.SMTP]:
    """A connection that is logged in; faults before the final dot become DeliveryErrors."""
    server = _server(account)
    smtp: smtplib.SMTP | None = None
    try:
        smtp = _connect(server, account, renew)
        yield smtp
        with suppress(smtplib.SMTPException, OSError):
            _wait_at_most(smtp, GOODBYE_TIMEOUT)
            smtp.quit()
    except smtplib.SMTPResponseException as error:
        raise _refusal(server, Answer.of(error.smtp_code, error.smtp_error)) from error
    except ssl.SSLCertVerificationError as error:
        reason = _("The certificate of %(server)s is not trusted: %(fault)s")
        fault = {"server": server.place, "fault": error.verify_message}
        raise DeliveryError(reason % fault, permanent=False, unreachable=True) from error
    except (smtplib.SMTPException, OSError) as error:
        reason = _("The server %(server)s cannot be used: %(fault)s")
        fault = {"server": server.place, "fault": str(error) or type(error).__name__}
        raise DeliveryError(reason % fault, permanent=False, unreachable=True) from error
    finally:
        if smtp is not None:
            smtp.close()


def _server(account: AccountView) -> Server:
    if not account.outgoing:
        reason = _("The account “%(name)s” has no outgoing server.")
        raise DeliveryError(reason % {"name": account.name}, permanent=False, unreachable=True)
    try:
        return read_server("outgoing", account.outgoing, OUTGOING)
    except BadSetting as error:
        raise DeliveryError(error.reason, permanent=False, unreachable=True) from error


def _connect(server: Server, account: AccountView, renew: Callable[[], None]) -> smtplib.SMTP:
    # The name given in EHLO; without it smtplib asks the resolver, which may take seconds.
    own_name = account.address.rpartition("@")[2] or "localhost"
    context = ssl.create_default_context()
    if server.scheme == "smtps":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, own_name, timeout=GREETING_TIMEOUT, context=context
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, own_name, timeout=GREETING_TIMEOUT)
    try:
        _wait_at_most(smtp, TIMEOUT)
        renew()
        if server.scheme == "smtp+starttls":
            smtp.ehlo_or_helo_if_needed()
            renew()
            smtp.starttls(context=context)
            renew()
        smtp.ehlo_or_helo_if_needed()
        renew()
        if server.user:
            smtp.login(server.user, server.password)
            renew()
    except BaseException:
        smtp.close()
        raise
    return smtp


def _wait_at_most(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


def _recipients(message: Outgoing) -> list[str]:
    everybody = [party.value for party in (*message.to, *message.cc)]
    addresses = (normalise(one) for one in message.envelope or everybody)
    recipients = list(dict.fromkeys(address for address in addresses if address))
    if not recipients:
        raise DeliveryError(_("The message has no recipient."), permanent=True)
    return recipients


def _envelope(
    smtp: smtplib.SMTP,
    account: AccountView,
    data: bytes,
    recipients: list[str],
    renew: Callable[[], None],
) -> dict[str, Answer]:
    """Say who sends to whom; return the recipients that the server refused."""
    options: list[str] = []
    if smtp.has_extn("size"):
        _check_size(smtp, len(data))
        options.append(f"SIZE={len(data)}")
    if not all(address.isascii() for address in (account.address, *recipients)):
        if not smtp.has_extn("smtputf8"):
            reason = _("The outgoing server cannot take addresses outside ASCII (SMTPUTF8).")
            raise DeliveryError(reason, permanent=True)
        smtp.command_encoding = "utf-8"
        options += ("SMTPUTF8", "BODY=8BITMIME")
    answer = Answer.of(*smtp.mail(account.address, options))
    if answer.code >= 400:
        raise _refused(answer)
    refused: dict[str, Answer] = {}
    for recipient in recipients:
        renew()
        answer = Answer.of(*smtp.rcpt(recipient))
        if answer.code == 421:
            raise _refused(answer)
        if answer.code >= 400:
            refused[recipient] = answer
    if len(refused) == len(recipients):
        answers = "; ".join(f"{recipient}: {answer}" for recipient, answer in refused.items())
        permanent = all(answer.permanent for answer in refused.values())
        raise DeliveryError(
            _("Every recipient was refused. %(answers)s") % {"answers": answers[:1000]},
            permanent=permanent,
        )
    return refused


def _check_size(smtp: smtplib.SMTP, size: int) -> None:
    limit = smtp.esmtp_features.get("size", "").strip()
    if limit.isdecimal() and 0 < int(limit) < size:
        reason = _("The mail has %(size)s bytes, the outgoing server takes at most %(limit)s.")
        raise DeliveryError(reason % {"size": size, "limit": limit}, permanent=True)


def _transmit(
    smtp: smtplib.SMTP,
    data: bytes,
    about_to_commit: Callable[[], None],
    renew: Callable[[], None],
) -> str:
    """Send the mail, then the dot that commits it; return the server's answer."""
    renew()
    answer = Answer.of(*smtp.docmd("DATA"))
    if answer.code != 354:
        raise _refused(answer)
    stuffed = memoryview(_stuffed(data))
    for start in range(0, len(stuffed), PIECE):
        renew()
        smtp.send(stuffed[start : start + PIECE])
    about_to_commit()
    try:
        _wait_at_most(smtp, ANSWER_TIMEOUT)
        smtp.send(b"." + _CRLF)
        answer = Answer.of(*smtp.getreply())
    except (smtplib.SMTPException, OSError) as error:
        reason = _("The mail was handed over, but the server's answer was lost: %(fault)s")
        fault = str(error) or type(error).__name__
        raise AnswerUnknown(reason % {"fault": fault}) from error
    if answer.code >= 400:
        raise _refused(answer)
    return str(answer)


def _stuffed(data: bytes) -> bytes:
    """Double the dots that begin a line, so that none of them ends the mail (RFC 5321, 4.5.2)."""
    stuffed = data.replace(_CRLF + b".", _CRLF + b"..")
    stuffed = b"." + stuffed if stuffed.startswith(b".") else stuffed
    return stuffed if stuffed.endswith(_CRLF) else stuffed + _CRLF


def _refused(answer: Answer) -> DeliveryError:
    reason = _("The server refused the mail: %(answer)s")
    return DeliveryError(reason % {"answer": answer}, permanent=answer.permanent)


def _refusal(server: Server, answer: Answer) -> DeliveryError:
    """A refusal before any mail was offered is never the mail's fault."""
    reason = _("The server %(server)s refused us: %(answer)s")
    values = {"server": server.place, "answer": answer}
    return DeliveryError(reason % values, permanent=False, unreachable=True)
