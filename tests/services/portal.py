"""The whole portal as a process of its own: ``manage.py portal`` over a fresh folder."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from contactcentre.lifeline import die_with_parent
from tests.services import find_free_port, wait_until
from tests.services.commands import Commands

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 240
DATABASE = "portal.sqlite3"
SETTINGS = {
    "CELERY_BROKER_URL": "",
    "CACHE_URL": "",
    "DATABASE_URL": "",
    "DJANGO_SETTINGS_MODULE": "contactcentre.settings",
    "DEBUG": "1",
}


@dataclass
class Portal:
    """A running portal."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]
    commands: Commands

    def manage(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run a management command of the same installation."""
        return self.commands.run(arguments, stdin)

    def children(self, module: str = "") -> list[psutil.Process]:
        """Return the living children, all or those of one module (``contactcentre.web``)."""
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                if module in " ".join(child.cmdline()) and child.status() != psutil.STATUS_ZOMBIE:
                    found.append(child)
        return found

    def answers(self, path: str = "/healthz") -> bool:
        """Return whether a page answers with success."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def migrated_database() -> Path | None:
    """Return an empty, migrated SQLite database, made once in a test run; None outside of one."""
    if "PORTAL_TEST_ROOT" not in os.environ:
        return None
    folder = Path(os.environ["PORTAL_TEST_ROOT"]) / "migrated"
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / "made"
    with (folder / "lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # closing the file gives it back
        if not made.exists():
            command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(command, cwd=ROOT, env=environment_of(folder), check=True)
            made.touch()
    return folder / DATABASE


def environment_of(folder: Path, **variables: str) -> dict[str, str]:
    """Return the environment of an installation in ``folder``, free of the test run's own."""
    return os.environ | SETTINGS | {"VAR_DIR": str(folder)} | variables


@contextlib.contextmanager
def running_portal(
    folder: Path,
    variables: Mapping[str, str] | None = None,
    script: str = "",
    *,
    bare: bool = False,
) -> Iterator[Portal]:
    """Start the portal and yield it once its first page is served; end it afterwards.

    ``script`` starts it in another way; it finds its port in PORT. A new installation finds its
    tables made, unless it is to be ``bare``.
    """
    port = find_free_port()
    url = f"http://localhost:{port}"
    environment = environment_of(folder, BASE_URL=url, PORT=str(port)) | dict(variables or {})
    plain = [sys.executable, "manage.py", "portal", "--port", str(port)]
    folder.mkdir(parents=True, exist_ok=True)
    made = None
    if not (bare or script or environment["DATABASE_URL"] or (folder / DATABASE).exists()):
        made = migrated_database()
    with contextlib.ExitStack() as stack:
        commands = stack.enter_context(contextlib.closing(Commands(environment)))
        if made is not None:
            shutil.copy(made, folder / DATABASE)
            prepared = commands.run(["prepare"])
            assert prepared.returncode == 0, prepared.stderr
        process = stack.enter_context(_supervisor([script] if script else plain, environment))
        portal = Portal(url, folder, process, commands)
        wait_until(portal.answers, "the portal's first page", seconds=START_SECONDS)
        yield portal


@contextlib.contextmanager
def _supervisor(
    command: list[str], environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Start what runs the portal; ask it to end afterwards, and see that it does."""
    with (Path(environment["VAR_DIR"]) / "portal.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent(os.getpid()),
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
