"""Tables as CSV files that a spreadsheet reads without running anything in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"  # without it spreadsheets read Chinese as Latin
_RUNS = ("=", "+", "-", "@", "\t", "\r")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The file's text: quoted where needed, each cell that could be a formula made plain."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([plain(cell) for cell in head])
    writer.writerows([plain(cell) for cell in row] for row in rows)
    return BOM + out.getvalue()


def plain(cell: object) -> object:
    """A number as it is; a text that a spreadsheet would run gets an apostrophe in front."""
    if isinstance(cell, int | float):
        return cell
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" \n\u00a0\u3000").startswith(_RUNS) else text
