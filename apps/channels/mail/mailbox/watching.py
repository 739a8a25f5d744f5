"""Keeping one account's mailbox under a lease: IDLE, a look now and then, waiting out faults."""

from __future__ import annotations

import logging
import time
from threading import Event

from django.db import DatabaseError, InterfaceError

from apps.channels.doors import Intake, IntakeClosed
from apps.channels.driver import AccountView, BadSetting, DriverError
from apps.channels.mail.mailbox import settings as addresses
from apps.channels.mail.mailbox.errors import LeaseLost, LogInRefused, MailboxError, Stopped
from apps.channels.mail.mailbox.fetching import Fetcher
from apps.channels.mail.mailbox.folder import Folder
from apps.channels.mail.mailbox.ledger import Ledger
from apps.channels.mail.mailbox.login import open_folder
from apps.channels.mail.mailbox.settings import Settings
from apps.common.sentences import gettext as _

logger = logging.getLogger(__name__)

IDLE_SECONDS = 60.0
POLL_SECONDS = 15.0
SCAN_SECONDS = 900.0
RENEW_SECONDS = 20.0
TURN_SECONDS = 5.0
LONG_SECONDS = 0.9
Outage = (DatabaseError, InterfaceError, IntakeClosed)


def check(account: AccountView) -> None:
    """Connect, log in and open the folder; fetch nothing. Raises DriverError."""
    wanted = addresses.read(account.incoming, account.options)
    ledger = Ledger(account.id)
    ledger.prepare()
    try:
        folder = open_folder(wanted, lambda: None, ledger.access_token)
    except MailboxError as error:
        raise DriverError(error.reason) from error
    folder.close(politely=True)


class Watcher:
    """One account's mailbox. ``watch`` stays, ``fetch`` looks once."""

    def __init__(self, account: AccountView, intake: Intake, stop: Event) -> None:
        self._account = account
        self._intake = intake
        self._stop = stop
        self._ledger = Ledger(account.id)
        self._renew_at = 0.0
        self._pulsed_at = 0.0
        self._stays = False
        self._fetcher: Fetcher | None = None

    def watch(self) -> None:
        """Take turns with other watchers until ``stop`` is set."""
        self._stays = True
        while not self._stop.is_set():
            pause = TURN_SECONDS
            try:
                pause = self._take_turn()
            except Outage:
                logger.warning("%s: the database is away", self._account.name, exc_info=True)
            self._rest()
            self._stop.wait(pause)

    def fetch(self) -> None:
        """Look once, if nobody watches. Raises what the database raises."""
        self._take_turn()

    def _take_turn(self) -> float:
        """Work as long as the lease holds and the mailbox answers; returns how many seconds
        to leave it alone then.
        """
        try:
            settings = addresses.read(self._account.incoming, self._account.options)
        except BadSetting as error:
            self._ledger.complain(error.reason)
            return TURN_SECONDS
        if not self._ledger.acquire(settings):
            return TURN_SECONDS
        self._renew_at = time.monotonic() + RENEW_SECONDS
        fetcher = self._fetcher or Fetcher(self._account.id, settings, self._ledger, self._intake)
        self._fetcher = fetcher
        fetcher.progressed = False
        try:
            self._work(settings, fetcher)
        except MailboxError as error:
            refused = isinstance(error, LogInRefused)
            return self._note(error.reason, fetcher, refused=refused)
        except LeaseLost:
            logger.info("%s: another process watches this mailbox now", self._account.name)
        except Stopped:
            self._ledger.release()
        except Outage:
            raise
        except Exception as error:
            logger.exception("%s: fetching failed", self._account.name)
            return self._note(_("Internal error: %(error)s") % {"error": error}, fetcher)
        return TURN_SECONDS

    def _note(self, reason: str, fetcher: Fetcher, *, refused: bool = False) -> float:
        logger.info("%s: %s", self._account.name, reason)
        return self._ledger.failed(reason, progressed=fetcher.progressed, refused=refused)

    def _work(self, settings: Settings, fetcher: Fetcher) -> None:
        self._rest()
        folder = open_folder(settings, self._pulse, self._ledger.access_token)
        finished = False
        try:
            fetcher.take_all(folder)
            self._ledger.succeeded(fetcher.warning)
            if self._stays:
                self._stay(folder, fetcher)
            self._ledger.release()
            finished = True
        finally:
            folder.close(politely=finished)

    def _stay(self, folder: Folder, fetcher: Fetcher) -> None:
        scanned_at = time.monotonic()
        while True:
            self._wait(folder)
            if time.monotonic() - scanned_at > SCAN_SECONDS:
                fetcher.take_all(folder)
                scanned_at = time.monotonic()
            else:
                fetcher.take_new(folder)
            self._ledger.succeeded(fetcher.warning)

    def _wait(self, folder: Folder) -> None:
        self._rest()
        if folder.can_wait:
            folder.wait(IDLE_SECONDS)
            return
        until = time.monotonic() + POLL_SECONDS
        while time.monotonic() < until:
            self._pulse()
            self._stop.wait(1)

    def _pulse(self) -> None:
        """Called wherever something is waited for: before, and once a second meanwhile."""
        if self._stop.is_set():
            raise Stopped
        now = time.monotonic()
        if now >= self._renew_at:
            self._renew_at = now + RENEW_SECONDS
            self._ledger.renew()
            self._rest()
        elif now - self._pulsed_at > LONG_SECONDS:
            self._rest()
        self._pulsed_at = time.monotonic()

    def _rest(self) -> None:
        """A mailbox that hangs must not hold one of the few database connections."""
        if self._stays:
            self._intake.rest()
