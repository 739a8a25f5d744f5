"""Management commands of one installation by forks of a process that has loaded Django once.

Loading takes some seconds of processor time; a portal's test runs a dozen commands. Each command
still has a process, an environment and database connections of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from contactcentre.lifeline import die_with_parent

ROOT = Path(__file__).resolve().parent.parent.parent
STREAMS = ("in", "out", "err")


class Commands:
    """Runs commands in the environment that it was made with; loads Django at the first one."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._one_at_a_time = threading.Lock()

    def run(
        self, arguments: Sequence[str], stdin: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        """Run ``manage.py`` with these arguments and return what it said."""
        with self._one_at_a_time, tempfile.TemporaryDirectory(prefix="command-") as name:
            folder = Path(name)
            (folder / "in").write_bytes(stdin)
            process = self._start()
            assert process.stdin
            assert process.stdout
            process.stdin.write(json.dumps({"arguments": arguments, "folder": name}).encode())
            process.stdin.write(b"\n")
            process.stdin.flush()
            code = int(process.stdout.readline())
            said, complained = ((folder / stream).read_bytes() for stream in STREAMS[1:])
        return subprocess.CompletedProcess(["manage.py", *arguments], code, said, complained)

    def close(self) -> None:
        """End the process that forks, if there is one."""
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def _start(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                preexec_fn=die_with_parent(os.getpid()),
            )
        return self._process


def serve() -> None:
    """Answer each line of standard input with the exit code of the command that it names."""
    import django
    from django.core.checks import run_checks
    from django.core.management import get_commands

    django.setup()
    get_commands()
    run_checks()  # loads addresses and forms, so that no fork has to
    for line in sys.stdin.buffer:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _run(order["arguments"], Path(order["folder"]))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _run(arguments: list[str], folder: Path) -> None:
    """Be ``manage.py``; ends the process."""
    from django.core.management import execute_from_command_line

    for number, stream in enumerate(STREAMS):
        flags = os.O_RDONLY if stream == "in" else os.O_WRONLY | os.O_CREAT
        opened = os.open(folder / stream, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = ["manage.py", *arguments]
    code = 1
    try:
        execute_from_command_line(sys.argv)
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    finally:
        if error := sys.exception():
            sys.excepthook(type(error), error, error.__traceback__)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve()
