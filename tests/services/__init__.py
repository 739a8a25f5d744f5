"""Real servers for tests: private instances in folders of their own, never the system's."""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

REQUIRED = "REQUIRE_SERVICES"


class Absent(Exception):
    """A server is not installed; ``package`` is what Debian calls it."""

    def __init__(self, package: str) -> None:
        super().__init__(f"not installed: {package} (apt-get install {package})")
        self.package = package


def skip_or_fail(absent: Absent) -> None:
    """Skip the test that needs the server; fail it where nothing may be skipped."""
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(str(absent), pytrace=False)
    pytest.skip(str(absent))


def find_program(name: str, package: str, *folders: str) -> str:
    """Return the program's path, looked for in ``folders`` (with wildcards) and on PATH."""
    for pattern in folders:
        for folder in sorted(Path("/").glob(pattern.lstrip("/")), reverse=True):
            if (folder / name).exists():
                return str(folder / name)
    found = shutil.which(name)
    if found is None:
        raise Absent(package)
    return found


def find_free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(condition: Callable[[], bool], what: str, *, seconds: float = 15) -> None:
    """Wait for something that another process does; TimeoutError names what did not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds:g} s")
        time.sleep(0.05)


def accepts(port: int) -> bool:
    """Return whether somebody listens on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def unprivileged() -> list[str]:
    """Return the words before a command that must not run as root."""
    if os.geteuid() != 0:
        return []
    # A change of user forgets who its parent was, so the wish to die with it is said again.
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--pdeathsig=KILL"]


def give_to_nobody(folder: Path) -> None:
    """Let the unprivileged server write its folder."""
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody", "nogroup")
