"""Drivers that fetch or listen by themselves: what they are given, and who runs them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event, Thread

from django.db import DatabaseError, InterfaceError, connections

from apps.channels import registry
from apps.channels.domain import intake
from apps.channels.doors import Collecting, IntakeClosed, Listening
from apps.channels.driver import AccountView, DriverError
from apps.channels.models import Account

logger = logging.getLogger(__name__)

REFRESH_SECONDS = 10.0
STOP_SECONDS = 5.0
MAX_WATCHED = 200
MAX_FETCHED_AT_ONCE = 8
Outage = (DatabaseError, InterfaceError)
# Parsing is bounded in memory one input at a time, so one thread of a process does it.
_settling = threading.Lock()


class Door:
    """The intake of one channel as its driver sees it (``doors.Intake``)."""

    def __init__(self, channel: str) -> None:
        self._channel = channel

    def accounts(self) -> list[AccountView]:
        try:
            mine = Account.objects.enabled().filter(channel=self._channel)
            return [account.as_view() for account in mine.order_by("pk")]
        except Outage as error:
            raise IntakeClosed from error

    def store(self, account_id: int, raws: Sequence[bytes], content_type: str) -> list[int]:
        try:
            stored = intake.store(self._find(account_id), raws, content_type)
        except Outage as error:
            raise IntakeClosed from error
        return list({one.inbound.pk: None for one in stored if not one.duplicate})

    def settle(self, account_id: int, stored: Sequence[int]) -> None:
        try:
            with _settling:
                intake.settle(self._find(account_id), stored)
        except Exception:
            logger.exception("%d inputs wait for the sweep", len(stored))

    def rest(self) -> None:
        connections.close_all()

    @staticmethod
    def _find(account_id: int) -> Account:
        return Account.objects.select_related("team").get(pk=account_id)


@dataclass(slots=True)
class _Watched:
    account: AccountView
    stop: Event
    thread: Thread


def anything_to_watch() -> bool:
    """Whether an enabled account has something to fetch from."""
    return next(_collecting(), None) is not None


def watch(stop: Event, *, idle_seconds: float = float("inf")) -> None:
    """Watch every account that has something to fetch from, each in a thread of its own.

    Accounts that are added, changed or disabled are noticed within seconds. Returns within
    five seconds once ``stop`` is set, or when nothing was there to watch for ``idle_seconds``.
    """
    running: dict[int, _Watched] = {}
    busy_at = time.monotonic()
    try:
        while not stop.is_set():
            _refresh(running)
            if running:
                busy_at = time.monotonic()
            elif time.monotonic() - busy_at > idle_seconds:
                return
            connections.close_all()
            stop.wait(REFRESH_SECONDS)
    finally:
        for one in running.values():
            one.stop.set()
        until = time.monotonic() + STOP_SECONDS
        for one in running.values():
            one.thread.join(max(0.0, until - time.monotonic()))


def fetch(*, seconds: float = float("inf")) -> int:
    """Look once into every account that nobody watches; returns how many were looked at.

    Several at once, so that one which hangs delays no other; what is not finished after
    ``seconds`` ends where it is and goes on the next time.
    """
    stop = Event()
    wanted = list(_collecting())
    if not wanted:
        return 0
    with ThreadPoolExecutor(MAX_FETCHED_AT_ONCE, thread_name_prefix="fetch") as pool:
        work = [pool.submit(_fetch_one, driver, view, stop) for driver, view in wanted]
        wait(work, timeout=None if seconds == float("inf") else seconds)
        stop.set()
    return len(wanted)


def check_incoming(account: Account) -> str:
    """Connect to where the account's input comes from; returns what is wrong, or nothing."""
    driver = registry.get(account.channel)
    view = account.as_view()
    if not isinstance(driver, Collecting) or not driver.collects(view):
        return ""
    try:
        driver.check_incoming(view)
    except DriverError as error:
        return error.reason
    return ""


def listen(channel: str, endpoints: Mapping[str, str], stop: Event) -> None:
    """Serve a channel over the network until ``stop`` is set.

    Raises UnknownChannel, OSError when an address cannot be listened on.
    """
    driver = registry.get(channel)
    if not isinstance(driver, Listening):
        raise registry.UnknownChannel(channel)
    driver.listen(Door(driver.slug), endpoints, stop)


def _collecting() -> Iterator[tuple[Collecting, AccountView]]:
    for account in Account.objects.enabled().order_by("pk"):
        if not registry.has(account.channel):
            continue
        driver = registry.get(account.channel)
        if isinstance(driver, Collecting) and driver.collects(view := account.as_view()):
            yield driver, view


def _refresh(running: dict[int, _Watched]) -> None:
    """End the threads of accounts that are not as they were, start those that are missing."""
    try:
        wanted = {view.id: (driver, view) for driver, view in _collecting()}
    except Outage:
        logger.warning("the database is away; accounts stay as they are", exc_info=True)
        return
    for account_id, one in list(running.items()):
        found = wanted.get(account_id)
        if found is None or found[1] != one.account:
            one.stop.set()
        if not one.thread.is_alive():
            del running[account_id]
    for account_id, (driver, view) in wanted.items():
        if account_id not in running and len(running) < MAX_WATCHED:
            running[account_id] = _start(driver, view)


def _start(driver: Collecting, view: AccountView) -> _Watched:
    stop = Event()
    door = Door(driver.slug)
    thread = Thread(
        target=driver.watch, args=(view, door, stop), name=f"watch {view.name}", daemon=True
    )
    thread.start()
    return _Watched(view, stop, thread)


def _fetch_one(driver: Collecting, view: AccountView, stop: Event) -> None:
    try:
        driver.fetch(view, Door(driver.slug), stop)
    except Exception:
        logger.exception("%s could not be fetched", view.name)
    finally:
        connections.close_all()
