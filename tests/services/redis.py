"""A Redis server on a port of its own, without persistence."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator

from contactcentre.lifeline import die_with_parent
from tests.services import accepts, find_free_port, find_program, wait_until

PACKAGE = "redis-server"


@contextlib.contextmanager
def running_redis(port: int = 0) -> Iterator[str]:
    """Yield the address of an empty server; ``port`` lets a test stop one and start it again."""
    program = find_program("redis-server", PACKAGE)
    port = port or find_free_port()
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        server = subprocess.Popen(
            [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=die_with_parent(os.getpid()),
        )
        try:
            wait_until(lambda: accepts(port), "Redis listening")
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait(timeout=10)
