"""Handing a mail to the account's server (RFC 5321), and knowing what became of it."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Mapping

from apps.channels.driver import (
    AccountView,
    AnswerUnknown,
    DeliveryError,
    Outgoing,
    Receipt,
)
from apps.channels.mail.addresses import normalise
from apps.channels.mail.answers import Answer
from apps.channels.mail.bounces import is_gone
from apps.channels.mail.composing import compose
from apps.channels.mail.smtp import Connections, session, wait_at_most
from apps.common.sentences import gettext as _

# Seconds for the answer to the final dot, which many servers give after they have looked for
# viruses; what is lost here is unknown, so patience pays (RFC 5321, 4.5.3.2.6).
ANSWER_TIMEOUT = 120.0
PIECE = 64 * 1024
_CRLF = b"\r\n"


def send(
    account: AccountView,
    message: Outgoing,
    about_to_commit: Callable[[], None],
    renew: Callable[[], None],
    connections: Connections | None = None,
) -> Receipt:
    """Send a mail by the account's outgoing server, on one of ``connections`` if any is free.

    ``about_to_commit`` is called when the whole mail but its final dot has been handed
    over; from then on the server may have taken it; ``renew`` after every step before.
    Raises DeliveryError while it cannot have, or when the server says no; AnswerUnknown
    when its answer to the dot is lost.
    """
    _check_address(account)
    data = compose(account, message)
    recipients = _recipients(message)
    with session(account, renew, connections) as smtp:
        refused = _envelope(smtp, account, data, recipients, renew)
        detail = _transmit(smtp, data, about_to_commit, renew)
    later = {address: str(answer) for address, answer in refused.items() if not answer.permanent}
    never = {address: str(answer) for address, answer in refused.items() if answer.permanent}
    return Receipt(detail=detail, refused=never, deferred=later, gone=_gone(refused))


def check(account: AccountView) -> None:
    """Connect and log in as for sending, and leave again. Raises DeliveryError."""
    _check_address(account)
    with session(account, lambda: None) as smtp:
        smtp.noop()


def _check_address(account: AccountView) -> None:
    """An account that cannot be a sender is no fault of its mails: they wait for it."""
    if not normalise(account.address):
        reason = _("The account “%(name)s” has no address to send from.")
        raise DeliveryError(reason % {"name": account.name}, permanent=False, unreachable=True)


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
            gone=_gone(refused),
        )
    return refused


def _gone(refused: Mapping[str, Answer]) -> dict[str, str]:
    """Of whom the server says that nobody is there."""
    said = {address: str(one) for address, one in refused.items() if one.permanent}
    return {address: answer for address, answer in said.items() if is_gone(answer)}


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
        wait_at_most(smtp, ANSWER_TIMEOUT)
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
