"""What goes wrong with a mailbox; ``reason`` is a sentence that says what to do."""

from __future__ import annotations

import contextlib
import imaplib
from collections.abc import Iterator

from apps.common.sentences import gettext as _


class MailboxError(Exception):
    """The mailbox cannot be read now; the watcher tries again later."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LogInRefused(MailboxError):
    """The server does not accept the user; a fresh token may help."""


class CutOff(MailboxError):
    """The connection broke or the server fell silent in the middle."""


class Refused(MailboxError):
    """The server answers one command with a refusal; the connection lives on."""


class Stopped(Exception):
    """The watcher was asked to end."""


class LeaseLost(Exception):
    """Somebody else watches this mailbox now."""


@contextlib.contextmanager
def cut_off() -> Iterator[None]:
    """Whatever ends a connection in the middle becomes CutOff."""
    try:
        yield
    except TimeoutError as error:
        raise CutOff(_("The mail server fell silent. It is tried again by itself.")) from error
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        raise CutOff(
            _("The connection to the mail server broke (%(error)s). It is tried again by itself.")
            % {"error": error}
        ) from error
