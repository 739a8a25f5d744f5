"""A PostgreSQL cluster on a socket in a temporary folder.

``python -m tests.services.postgres COMMAND…`` runs a command with ``TEST_DATABASE_URL`` set.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.services import Absent, find_program, give_to_nobody, unprivileged

PACKAGE = "postgresql"
FOLDERS = "/usr/lib/postgresql/*/bin"
FAST = (
    "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off "
    "-c shared_buffers=128MB -c max_connections=150"
)


@contextlib.contextmanager
def running_postgres() -> Iterator[str]:
    """Yield the address of an empty database ``portal`` in a fresh cluster, C.UTF-8."""
    initdb = find_program("initdb", PACKAGE, FOLDERS)
    control = find_program("pg_ctl", PACKAGE, FOLDERS)
    createdb = find_program("createdb", PACKAGE, FOLDERS)
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    give_to_nobody(folder)
    before = [*unprivileged(), "env", f"HOME={folder}", "LC_ALL=C.UTF-8"]
    data, log = f"{folder}/data", f"{folder}/log"
    try:
        _run(*before, initdb, "-D", data, "-U", "app", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        _run(*before, control, "-D", data, "-w", "-l", log, "-o", f"-k {folder} {FAST}", "start")
        try:
            _run(createdb, "-h", str(folder), "-U", "app", "portal")
            yield f"postgres://app@/{folder}/portal"
        finally:
            _run(*before, control, "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
