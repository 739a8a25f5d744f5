"""Does a file name a package index or a path of somebody's machine? Neither belongs here."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = ("static/vendor/", "tests/vendor/")
# Written so that this file does not find itself.
INDEX = r"https?://[\w.-]*(?:py" r"pi|python" r"hosted|npm" r"js|regis" r"try)[\w.-]*"
MACHINE = r"(?<![\w.~-])/(?:wo" r"rk|fa" r"rm|ro" r"ot|ho" r"me/\w+)/"
PATTERNS = {"names a package index": INDEX, "names a machine's path": MACHINE}


def find_files() -> list[str]:
    """Return the names of all files that are, or would be, under version control."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted({name for name in done.stdout.split("\0") if name})


def find_faults(name: str) -> list[str]:
    """Return a line for everything in a file that must not land."""
    path = ROOT / name
    if name.startswith(SKIPPED) or not path.is_file():
        return []
    try:
        text = path.read_text()
    except UnicodeDecodeError:
        return []
    return [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {fault}: {match[0]}"
        for fault, pattern in PATTERNS.items()
        for match in re.finditer(pattern, text)
    ]


def main() -> int:
    """Look through the tree; return the exit code."""
    faults = [fault for name in find_files() for fault in find_faults(name)]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
