"""``python -m benchmarks [--only PART…] [--database NAME…] [--full] [--record]``"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import Figure, read, say, table
from benchmarks.processes import environment, processes
from tests.services import Absent
from tests.services.postgres import running_postgres

RESULTS = Path(__file__).parent / "results"
RECORD = Path(__file__).parent.parent / "docs" / "benchmarks.md"
MARK = "<!-- figures -->"
PARTS = ("processes", "intake", "mailboxes", "outgoing", "streams", "clock", "pages")
DATABASES = ("sqlite", "postgresql")


def main() -> int:
    """Run, print a table, keep it with the raw figures; 1 when a bound was missed."""
    asked = _arguments()
    began, machine = time.monotonic(), _machine()
    figures: list[Figure] = []
    for database in asked.database:
        for part in asked.only:
            say(f"— {part} on {database}")
            figures += _run(part, database, full=asked.full)
    text = f"{machine}, {time.monotonic() - began:.0f} s.\n\n{table(figures)}\n"
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "figures.md").write_text(text, encoding="utf-8")
    raw = json.dumps([asdict(figure) for figure in figures], indent=1)
    (RESULTS / "figures.json").write_text(raw, encoding="utf-8")
    if asked.record:
        before, _mark, _old = RECORD.read_text(encoding="utf-8").partition(MARK)
        RECORD.write_text(f"{before}{MARK}\n\n{text}", encoding="utf-8")
    print(text)
    return int(any(figure.holds is False for figure in figures))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--database", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--full", action="store_true", help="a million cases and promises as well")
    parser.add_argument("--record", action="store_true", help="write docs/benchmarks.md")
    return parser.parse_args()


def _run(part: str, database: str, *, full: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, _database(database) as url:
        own = environment(
            VAR_DIR=folder,
            DATABASE_URL=url,
            DJANGO_SETTINGS_MODULE="contactcentre.settings",
        )
        if part == "processes":
            prepare = [sys.executable, "manage.py", "prepare", "--verbosity", "0"]
            subprocess.run(prepare, env=own, check=True)
            return list(processes(database, own))
        own["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
        command = [sys.executable, "-m", "benchmarks.child", part, *(["full"] if full else [])]
        done = subprocess.run(command, env=own, stdout=subprocess.PIPE, check=True, text=True)
        return [figure for line in done.stdout.splitlines() if (figure := read(line))]


@contextlib.contextmanager
def _database(name: str) -> Iterator[str]:
    if name == "sqlite":
        yield ""
        return
    try:
        with running_postgres() as url:
            yield url
    except Absent as absent:
        sys.exit(str(absent))


def _machine() -> str:
    load = os.getloadavg()[0]
    cores = f"{os.cpu_count()} cores (load {load:.1f} before)"
    return f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {cores}"


if __name__ == "__main__":
    sys.exit(main())
