"""Do the requirement files still belong to pyproject.toml? ``--write`` says so after a lock.

The stamp is a digest of the dependencies alone, so other changes to the file do not count.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMP = ROOT / "requirements" / "lock.sha256"


def read_dependencies() -> str:
    """Return the sections of pyproject.toml that decide what is locked, as one text."""
    import tomllib

    data = tomllib.loads((ROOT / "pyproject.toml").read_text())
    parts = [
        data["project"]["requires-python"],
        data["project"]["dependencies"],
        data["dependency-groups"],
    ]
    return json.dumps(parts, sort_keys=True)


def compute_digest() -> str:
    """Return the digest over the dependencies and the files made of them."""
    digest = hashlib.sha256(read_dependencies().encode())
    for name in ("base.txt", "dev.txt"):
        digest.update((ROOT / "requirements" / name).read_bytes())
    return digest.hexdigest()


def main() -> int:
    """Check the stamp or write it; return the exit code."""
    digest = compute_digest()
    if "--write" in sys.argv:
        STAMP.write_text(digest + "\n")
        return 0
    if STAMP.exists() and STAMP.read_text().strip() == digest:
        return 0
    print("requirements/ is older than pyproject.toml: run make lock", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
