"""From settings to an open folder, with a sentence for everything that can be in the way."""

from __future__ import annotations

import imaplib
import socket
import ssl
from collections.abc import Callable

from apps.channels.mail import oauth
from apps.channels.mail.mailbox.connection import Connection
from apps.channels.mail.mailbox.errors import LogInRefused, MailboxError, cut_off
from apps.channels.mail.mailbox.folder import Folder
from apps.channels.mail.mailbox.names import quote
from apps.channels.mail.mailbox.settings import Settings
from apps.channels.mail.oauth import OAuth
from apps.common.sentences import gettext as _

IDENTITY = '("name" "contactcentre" "version" "1")'
TokenSource = Callable[[OAuth], str]


def open_folder(settings: Settings, pulse: Callable[[], None], token: TokenSource) -> Folder:
    """Connect, log in and select. ``token`` gives an access token where XOAUTH2 is used.

    Raises MailboxError with what to mend.
    """
    connection = _connect(settings, pulse)
    try:
        _log_in(connection, settings, token)
        with cut_off():
            connection.allow()
            _introduce(connection)
        return Folder(connection, settings)
    except BaseException:
        connection.shutdown()
        raise


def _connect(settings: Settings, pulse: Callable[[], None]) -> Connection:
    where = {"host": settings.host, "port": settings.port}
    try:
        return Connection(settings, pulse)
    except socket.gaierror as error:
        text = _("The mail server %(host)s is not known. Check its name.")
        raise MailboxError(text % where) from error
    except ssl.SSLCertVerificationError as error:
        text = _("The certificate of %(host)s is not valid for it: %(why)s.")
        raise MailboxError(text % (where | {"why": error.verify_message})) from error
    except ssl.SSLError as error:
        text = _("%(host)s does not speak TLS on port %(port)s. Check imap, imaps, imap+starttls.")
        raise MailboxError(text % where) from error
    except TimeoutError as error:
        text = _("The mail server %(host)s does not answer on port %(port)s.")
        raise MailboxError(text % where) from error
    except (OSError, imaplib.IMAP4.error) as error:
        text = _("The mail server %(host)s, port %(port)s, cannot be reached: %(why)s.")
        raise MailboxError(text % (where | {"why": error})) from error


def _log_in(connection: Connection, settings: Settings, token: TokenSource) -> None:
    if connection.state == "AUTH":
        return
    access = token(settings.oauth) if settings.oauth else ""
    connection.allow()
    try:
        if settings.oauth:
            _authenticate(connection, "XOAUTH2", oauth.sasl_words(settings.user, access))
        elif "LOGINDISABLED" in connection.capabilities:
            raise MailboxError(
                _("The mail server takes no password without encryption. Use imap+starttls://.")
            )
        elif "AUTH=PLAIN" in connection.capabilities:
            _authenticate(connection, "PLAIN", f"\0{settings.user}\0{settings.password}")
        else:
            connection.login(quote(settings.user), settings.password)
    except (imaplib.IMAP4.abort, OSError):
        with cut_off():
            raise
    except (imaplib.IMAP4.error, UnicodeEncodeError) as error:
        if settings.oauth:
            oauth.forget(settings.oauth)
        raise LogInRefused(
            _("The mail server refused the log-in of %(user)s (%(why)s). Check user and password.")
            % {"user": settings.user, "why": error}
        ) from error


def _authenticate(connection: Connection, mechanism: str, words: str) -> None:
    """One SASL exchange of one step; a second question (an error of XOAUTH2) gets nothing."""
    answers = [words.encode()]
    connection.authenticate(mechanism, lambda _question: answers.pop() if answers else b"")


def _introduce(connection: Connection) -> None:
    """Say who we are: some large providers open no folder for a client without a name
    (RFC 2971).
    """
    if "ID" in connection.capabilities:
        connection.xatom("ID", IDENTITY)
    connection.learn()
