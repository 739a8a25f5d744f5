"""Copy the browser's files from frontend/node_modules into the tree, with licences and sums.

Run ``npm ci`` in ``frontend/`` first; needed only to upgrade. What is copied is committed.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
MODULES = FRONTEND / "node_modules"
MANIFEST = "SHA256SUMS"
SOURCE_MAP = re.compile(rb"\s*(/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=\S+)\s*$")


@dataclass(frozen=True)
class Package:
    """Which files of an npm package go where."""

    name: str
    folder: str
    target: Path
    files: tuple[str, ...]
    licence: Path


PACKAGES = (
    Package(
        "@tabler/core",
        "tabler",
        ROOT / "static" / "vendor",
        ("dist/css/tabler.min.css", "dist/js/tabler.min.js"),
        FRONTEND / "licences" / "tabler-core.txt",
    ),
    Package(
        "@fontsource-variable/inter",
        "inter",
        ROOT / "static" / "vendor",
        ("files/inter-latin-wght-normal.woff2",),
        MODULES / "@fontsource-variable" / "inter" / "LICENSE",
    ),
    Package(
        "axe-core",
        "axe-core",
        ROOT / "tests" / "vendor",
        ("axe.min.js",),
        MODULES / "axe-core" / "LICENSE",
    ),
)


def copy_package(package: Package) -> None:
    """Replace every copied version of a package by the installed one."""
    source = MODULES / package.name
    version = json.loads((source / "package.json").read_text())["version"]
    for old in package.target.glob(f"{package.folder}-*"):
        shutil.rmtree(old)
    target = package.target / f"{package.folder}-{version}"
    target.mkdir(parents=True)
    for name in package.files:
        # Source maps are not shipped, and hashed names would fail on a reference to them.
        content = SOURCE_MAP.sub(b"\n", (source / name).read_bytes())
        (target / Path(name).name).write_bytes(content)
    shutil.copyfile(package.licence, target / "LICENSE")
    print(target.relative_to(ROOT))


def write_manifest(folder: Path) -> None:
    """List every file under a vendor folder with its SHA-256, as ``sha256sum`` does."""
    (folder / MANIFEST).write_text("".join(f"{line}\n" for line in read_sums(folder)))


def read_sums(folder: Path) -> list[str]:
    """Return the lines that a true manifest has."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}"
        for path in sorted(files)
    ]


def main() -> int:
    """Copy everything; return the exit code."""
    if not MODULES.exists():
        print("run npm ci in frontend/ first", file=sys.stderr)
        return 1
    for package in PACKAGES:
        copy_package(package)
    for folder in {package.target for package in PACKAGES}:
        write_manifest(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
