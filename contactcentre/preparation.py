"""Does an installation still fit its code? Answered from file times, without loading Django.

The stamp only saves time: the worker looks at the database itself before it takes work.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from contactcentre import environment
from contactcentre.environment import BASE_DIR

STAMP = "prepared"
SOURCES = (
    ("apps", "*/migrations/*.py"),
    ("apps", "*/*/migrations/*.py"),
    ("locale", "*/LC_MESSAGES/*.po"),
    ("static", "**/*"),
    ("requirements", "base.txt"),
)


def is_current(var_dir: Path) -> bool:
    """Return whether the last ``prepare`` still holds for this code, database and mode."""
    stamp = var_dir / STAMP
    return stamp.exists() and stamp.read_text() == _fingerprint(var_dir)


def write_stamp(var_dir: Path) -> None:
    """Remember that this code, database and mode have been prepared."""
    (var_dir / STAMP).write_text(_fingerprint(var_dir))


def _fingerprint(var_dir: Path) -> str:
    digest = hashlib.sha256()
    database = environment.read_database(var_dir)
    debug = environment.read_bool("DEBUG", default=False)
    digest.update(repr((database["ENGINE"], database["NAME"], database["HOST"], debug)).encode())
    if database["ENGINE"].endswith("sqlite3"):
        digest.update(str(_inode(Path(database["NAME"]))).encode())
    for path, state in _sources():
        digest.update(f"{path} {state.st_mtime_ns} {state.st_size}\n".encode())
    return digest.hexdigest()


def _inode(path: Path) -> int:
    """Return what changes when the file is replaced; zero when there is none."""
    return path.stat().st_ino if path.exists() else 0


def _sources() -> Iterator[tuple[Path, os.stat_result]]:
    for folder, pattern in SOURCES:
        for path in sorted((BASE_DIR / folder).glob(pattern)):
            if path.is_file():
                yield path, path.stat()
