"""A PostgreSQL cluster on a socket in a temporary folder.

``python -m tests.services.postgres COMMAND…`` runs a command with ``TEST_DATABASE_URL`` set.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from contactcentre.lifeline import die_with_parent
from tests.services import Absent, find_program, give_to_nobody, unprivileged, wait_until

PACKAGE = "postgresql"
FOLDERS = "/usr/lib/postgresql/*/bin"
FAST = [
    word
    for setting in (
        "listen_addresses=",
        "fsync=off",
        "full_page_writes=off",
        "synchronous_commit=off",
        "shared_buffers=128MB",
        "max_connections=150",
        "random_page_cost=1.1",  # as docs/operate.md advises for solid-state disks
    )
    for word in ("-c", setting)
]


@contextlib.contextmanager
def running_postgres() -> Iterator[str]:
    """Yield the address of an empty database ``portal`` in a fresh cluster, C.UTF-8."""
    initdb, server, createdb = (
        find_program(name, PACKAGE, FOLDERS) for name in ("initdb", "postgres", "createdb")
    )
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    give_to_nobody(folder)
    before = [*unprivileged(), "env", f"HOME={folder}", "LC_ALL=C.UTF-8"]
    data = f"{folder}/data"
    try:
        _run(*before, initdb, "-D", data, "-U", "app", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [*before, server, "-D", data, "-k", str(folder), *FAST],
                cwd="/",
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent(os.getpid()),
            )
        try:
            wait_until((folder / ".s.PGSQL.5432").exists, "PostgreSQL's socket")
            wait_until(lambda: _answers(createdb, folder), "PostgreSQL's first answer")
            yield f"postgres://app@/{folder}/portal"
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(timeout=20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _answers(createdb: str, folder: Path) -> bool:
    """Return whether the database could be made."""
    command = [createdb, "-h", str(folder), "-U", "app", "portal"]
    return subprocess.run(command, cwd="/", capture_output=True, check=False).returncode == 0


def _run(*command: str) -> None:
    """Run a command in a folder that everybody may enter; what it says counts on failure."""
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[-1]} failed: {done.stdout}{done.stderr}")


def main(command: list[str]) -> int:
    """Run a command against a fresh cluster; return its exit code."""
    try:
        with running_postgres() as url:
            environment = os.environ | {"TEST_DATABASE_URL": url, "DATABASE_URL": url}
            return subprocess.run(command, env=environment, check=False).returncode
    except Absent as absent:
        print(absent, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
