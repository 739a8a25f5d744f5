"""``manage.py portal``: web, worker, beat and mailwatch under one parent that loads no Django.

All children share the parent's process group and listening socket. A child that ends is
started again with a growing delay; SIGTERM and SIGINT end all of them within a deadline; and
the kernel kills them when the parent itself is killed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from contactcentre import environment, mailwatch, preparation
from contactcentre.environment import BASE_DIR, BadEnvironment
from contactcentre.lifeline import die_with_parent

WEB_PROCESSES = 2
STOP_SECONDS = 10.0
READY_SECONDS = 20.0
STABLE_SECONDS = 30.0
FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
ON_DEMAND = "mailwatch"


def say(text: str) -> None:
    """Tell the operator; standard error, as the children do."""
    print(f"portal: {text}", file=sys.stderr, flush=True)


@dataclass
class Child:
    """One process that should be running, and when it may start again after it ended.

    One that is not ``wanted`` from the start runs once a signal asks for it, until it ends
    in peace.
    """

    name: str
    module: str
    wanted: bool = True
    descriptors: tuple[int, ...] = ()
    variables: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    not_before: float = 0.0

    def start(self) -> None:
        """Start the process; it dies with this one."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", self.module],
            cwd=BASE_DIR,
            env=os.environ | self.variables,
            pass_fds=self.descriptors,
            stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent(os.getpid()),  # noqa: PLW1509 - one thread, one C call
        )

    def has_ended(self) -> bool:
        """Return whether the process ended since it was started, and work out the delay."""
        if self.process is None or self.process.poll() is None:
            return False
        if self.name == ON_DEMAND and self.process.returncode == 0:
            self.process, self.wanted = None, False
            return True
        stable = time.monotonic() - self.started_at > STABLE_SECONDS
        self.failures = 1 if stable else self.failures + 1
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2 ** (self.failures - 1))
        self.not_before = time.monotonic() + delay
        say(f"{self.name} ended ({self.process.returncode}); starts again in {delay:g} s")
        self.process = None
        return True

    def send(self, number: signal.Signals) -> None:
        """Pass a signal on; a process that is gone already does not mind."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(number)

    def is_gone(self) -> bool:
        """Return whether there is nothing to wait for."""
        return self.process is None or self.process.poll() is not None


class Tree:
    """The children and the loop that watches them."""

    def __init__(self, children: list[Child], *, ready: int) -> None:
        self.children = children
        self.stopping = False
        self._selector = selectors.DefaultSelector()
        wake, self._waker = os.pipe()
        os.set_blocking(self._waker, False)
        os.set_blocking(wake, False)
        self._wake = wake
        self._ready = ready
        self._selector.register(wake, selectors.EVENT_READ)
        self._selector.register(ready, selectors.EVENT_READ)
        self._serving_by = time.monotonic() + READY_SECONDS
        self._serving = False

    def watch_signals(self) -> None:
        """Wake the loop when a child ends, and when somebody asks for one or for the end."""
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(mailwatch.WANTED, self._want)

    def _want(self, _number: int, _frame: object) -> None:
        for child in self.children:
            child.wanted = True

    def _stop(self, _number: int, _frame: object) -> None:
        self.stopping = True

    def run(self, *, when_serving: Callable[[], None]) -> None:
        """Keep everything running until a signal asks for the end."""
        told = False
        self.start_due()
        while not self.stopping:
            for key, _events in self._selector.select(self._wait()):
                self._drain(key.fd)
            if not self._serving and time.monotonic() > self._serving_by:
                self._serving = True
            for child in self.children:
                child.has_ended()
            if self._serving and not told:
                when_serving()
                told = True
            self.start_due()

    def start_due(self) -> None:
        """Start what is not running and may by now."""
        for child in self._wanted():
            if child.process is None and time.monotonic() >= child.not_before:
                child.start()

    def _wanted(self) -> list[Child]:
        """Return what should run; the first page has the machine to itself."""
        allowed = self.children if self._serving else self.children[:1]
        return [child for child in allowed if child.wanted]

    def _drain(self, descriptor: int) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(descriptor, 4096)
        if descriptor == self._ready:
            self._serving = True

    def _wait(self) -> float | None:
        """Return the seconds until something is due, nothing when only signals matter."""
        due = [child.not_before for child in self._wanted() if child.process is None]
        if not self._serving:
            due.append(self._serving_by)
        return max(0.0, min(due) - time.monotonic()) if due else None

    def end(self) -> None:
        """End all children: politely first, by force after the deadline."""
        for child in self.children:
            child.send(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and not all(c.is_gone() for c in self.children):
            time.sleep(0.05)
        for child in self.children:
            if not child.is_gone():
                say(f"{child.name} did not end in {STOP_SECONDS:g} s and is killed")
                child.send(signal.SIGKILL)
        for child in self.children:
            if child.process is not None:
                child.process.wait()


def main(arguments: list[str]) -> int:
    """Run the portal until SIGTERM or SIGINT; return the exit code."""
    try:
        options = _parse(arguments)
        var_dir = environment.read_var_dir()
        _check_environment(var_dir)
    except BadEnvironment as error:
        print(error, file=sys.stderr)
        return 2
    try:
        listener = _listen(options.host, options.port)
    except OSError as error:
        print(f"PORT: {options.port} cannot be used ({error.strerror}).", file=sys.stderr)
        return 2
    if not preparation.is_current(var_dir) and not _prepare():
        return 1
    with listener, _ready_pipe() as (ready, tell):
        tree = Tree(_children(listener.fileno(), tell), ready=ready)
        tree.watch_signals()
        try:
            tree.run(when_serving=lambda: say(f"serving http://localhost:{options.port}"))
        finally:
            tree.end()
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="manage.py portal", description=main.__doc__)
    port = os.environ.get("PORT", "").strip() or "8000"
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise BadEnvironment("PORT", f"must be a number between 1 and 65535, not {port!r}.")
    parser.add_argument("--port", type=int, default=int(port))
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    return parser.parse_args(arguments)


def _check_environment(var_dir: Path) -> None:
    """Refuse a wrong value before anything starts; warn of what fits one machine only."""
    environment.read_secret_key(var_dir)
    environment.read_base_url()
    environment.read_zone("TIME_ZONE", "Asia/Shanghai")
    environment.read_cache(var_dir)
    environment.read_list("ALLOWED_HOSTS", [])
    environment.read_choice("LANGUAGE_CODE", "en", ("en", "zh-hans"))
    environment.read_attachments(var_dir)
    environment.read_sentry_dsn()
    database = environment.read_database(var_dir)
    broker, _options = environment.read_broker(var_dir)
    if environment.read_bool("DEBUG", default=False):
        return
    if database["ENGINE"].endswith("sqlite3"):
        say("DATABASE_URL: SQLite serves one machine; PostgreSQL is made for more.")
    if broker.startswith("filesystem:"):
        say("CELERY_BROKER_URL: filesystem:// serves one machine; Redis is made for more.")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=1024)
    listener.set_inheritable(True)
    return listener


@contextlib.contextmanager
def _ready_pipe() -> Iterator[tuple[int, int]]:
    """Yield both ends of a pipe into which a web process writes once it serves."""
    ready, tell = os.pipe()
    os.set_blocking(ready, False)
    os.set_inheritable(tell, True)
    try:
        yield ready, tell
    finally:
        os.close(ready)
        os.close(tell)


def _prepare() -> bool:
    """Migrate, compile translations, gather static files; tell whether that worked."""
    command = [sys.executable, "manage.py", "prepare"]
    done = subprocess.run(
        command,
        cwd=BASE_DIR,
        check=False,
        preexec_fn=die_with_parent(os.getpid()),
    )
    return done.returncode == 0


def _children(listener: int, tell: int) -> list[Child]:
    web = {"PORTAL_SOCKET": str(listener), "PORTAL_READY": str(tell)}
    children = [
        Child("web", "contactcentre.web", descriptors=(listener, tell), variables=web)
        for _number in range(WEB_PROCESSES)
    ]
    worker = {mailwatch.SUPERVISOR: str(os.getpid())}
    return [
        *children,
        Child("worker", "contactcentre.worker", variables=worker),
        Child(ON_DEMAND, "contactcentre.mailwatch", wanted=False),
    ]
