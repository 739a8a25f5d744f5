"""How long are modules and functions? Fails beyond 400 and 50 lines; prints the spread."""

from __future__ import annotations

import ast
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("apps", "contactcentre", "benchmarks", "scripts", "tests")
MODULE_LIMIT = 400
FUNCTION_LIMIT = 50
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Size:
    """How many lines one thing has."""

    what: str
    lines: int


def find_modules() -> list[Path]:
    """Return our own modules; migrations are written by Django."""
    return [
        path
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def measure_functions(path: Path, tree: ast.AST) -> Iterator[Size]:
    """Yield every function of a module, methods and inner ones included."""
    for node in ast.walk(tree):
        if isinstance(node, FunctionNode):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield Size(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", lines)


def report(title: str, sizes: list[Size], limit: int) -> bool:
    """Print the spread and what is too long; return whether all fit."""
    lines = sorted(size.lines for size in sizes)
    tenth = lines[int(len(lines) * 0.9)]
    print(
        f"{title}: {len(lines)}, median {statistics.median(lines):g}, "
        f"nine in ten up to {tenth}, longest {lines[-1]}"
    )
    too_long = [size for size in sizes if size.lines > limit]
    for size in too_long:
        print(f"  too long ({size.lines} > {limit}): {size.what}", file=sys.stderr)
    return not too_long


def main() -> int:
    """Measure everything; return the exit code."""
    modules: list[Size] = []
    functions: list[Size] = []
    for path in find_modules():
        text = path.read_text()
        if text.strip():
            modules.append(Size(str(path.relative_to(ROOT)), len(text.splitlines())))
            functions.extend(measure_functions(path, ast.parse(text)))
    fits = [
        report("modules", modules, MODULE_LIMIT),
        report("functions", functions, FUNCTION_LIMIT),
    ]
    return 0 if all(fits) else 1


if __name__ == "__main__":
    sys.exit(main())
