"""Build static/icons.svg from the Tabler icons named in frontend/icons.txt, one a line.

A name may start with ``filled/``; ``#`` starts a comment. The symbol of ``inbox`` is
``#i-inbox``; the stylesheet's ``.i`` decides strokes, so that the theme may.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMES = ROOT / "frontend" / "icons.txt"
ICONS = ROOT / "frontend" / "node_modules" / "@tabler" / "icons" / "icons"
SPRITE = ROOT / "static" / "icons.svg"

NOTICE = "<!-- Tabler Icons, MIT License, Copyright (c) 2020-2026 Paweł Kuna -->"
BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
BLANK = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>')


def read_names() -> list[str]:
    """Return the chosen names, sorted, each once."""
    lines = (line.partition("#")[0].strip() for line in NAMES.read_text().splitlines())
    return sorted({line for line in lines if line})


def build_symbol(name: str) -> str:
    """Return one icon as a ``symbol`` whose id is the name's last part."""
    style, _, stem = name.rpartition("/")
    source = ICONS / (style or "outline") / f"{stem}.svg"
    match = BODY.search(source.read_text())
    if match is None:
        raise ValueError(f"{source} is no icon")
    shapes = re.sub(r"\s*\n\s*", "", BLANK.sub("", match[1]).strip())
    symbol, paint = stem, ""
    if style == "filled":
        symbol, paint = f"{stem}-filled", ' fill="currentColor" stroke="none"'
    return f'<symbol id="i-{symbol}" viewBox="0 0 24 24"{paint}>{shapes}</symbol>'


def main() -> int:
    """Write the sprite; return the exit code."""
    if not ICONS.exists():
        print("run npm ci in frontend/ first", file=sys.stderr)
        return 1
    names = read_names()
    unknown = [name for name in names if not _exists(name)]
    if unknown:
        print(f"no such icons: {', '.join(unknown)}", file=sys.stderr)
        return 1
    symbols = "\n".join(build_symbol(name) for name in names)
    SPRITE.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{NOTICE}\n{symbols}\n</svg>\n')
    return 0


def _exists(name: str) -> bool:
    style, _, stem = name.rpartition("/")
    return (ICONS / (style or "outline") / f"{stem}.svg").exists()


if __name__ == "__main__":
    sys.exit(main())
