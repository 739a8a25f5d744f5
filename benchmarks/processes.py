"""The whole tree: how soon its first page is served, and what it weighs when idle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from benchmarks.figures import Figure
from tests.services import find_free_port

IDLE_SECONDS = 20
PATIENCE_SECONDS = 60


def processes(database: str, environment: Mapping[str, str]) -> Iterator[Figure]:
    """Start ``manage.py portal`` on a migrated database."""
    port = find_free_port()
    own = dict(environment) | {"BASE_URL": f"http://localhost:{port}"}
    began = time.perf_counter()
    portal = subprocess.Popen(
        [sys.executable, "manage.py", "portal", "--port", str(port)],
        env=own,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"http://localhost:{port}/accounts/login/")
        first = time.perf_counter() - began
        yield Figure("processes", database, "from start to the first page", first, "s", 4)
        time.sleep(IDLE_SECONDS)
        children = psutil.Process(portal.pid).children(recursive=True)  # type: ignore[no-untyped-call]
        tree = [portal.pid, *(child.pid for child in children)]
        weight = sum(map(_pss, tree)) / 1024
        note = f"{len(tree)} processes"
        yield Figure("processes", database, "idle, whole tree (PSS)", weight, "MiB", 400, note=note)
    finally:
        portal.send_signal(signal.SIGTERM)
        portal.wait(PATIENCE_SECONDS)


def _wait_for(address: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise TimeoutError(address)


def _pss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def environment(**variables: str) -> dict[str, str]:
    """The environment of an installation of its own."""
    kept = {"PATH", "HOME", "LANG"}
    return {key: value for key, value in os.environ.items() if key in kept} | variables
