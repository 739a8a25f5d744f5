"""The table "Who sees what" of docs/architecture.md, read as an oracle."""

from __future__ import annotations

from pathlib import Path

ARCHITECTURE = Path(__file__).parents[2] / "docs" / "architecture.md"

# How the table's columns are cast; a test fails when a column has nobody.
CAST = {
    "member of the case's team": "member",
    "other agent": "other",
    "lead of the team": "lead",
    "follower or mentioned colleague": "follower",
    "superuser": "superuser",
    "customer": "customer",
}
READS_NOTHING = {"nothing"}


def read_table(text: str | None = None) -> dict[str, dict[str, str]]:
    """Return row -> role -> cell of the table under "Who sees what"."""
    text = ARCHITECTURE.read_text() if text is None else text
    section = text.split("## Who sees what", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    header, _rule, *rows = [[c.strip() for c in line.strip("|").split("|")] for line in lines]
    return {row[0]: {CAST[h]: c for h, c in zip(header[1:], row[1:], strict=True)} for row in rows}


def sees(row: str, role: str, *, named: bool = False) -> bool:
    """Tell whether a role reads objects of a row; ``named`` for people named on them.

    A follower is another team's agent as well, and may what such an agent may. The customer
    is nobody who logs in: every page of the workplace is closed to them.
    """
    table = read_table()
    cell = table[row][role]
    if cell == "the same":
        cell = table[row]["member"]
    if role == "customer":
        return False
    if role == "follower" and sees(row, "other", named=named):
        return True
    if "named" in cell:
        return named
    return cell not in READS_NOTHING


def writes(row: str, role: str, *, named: bool = False) -> bool:
    """Tell whether a role may change objects of a row (a note is not a change)."""
    table = read_table()
    cell = table[row][role]
    if cell == "the same":
        cell = table[row]["member"]
    if role == "follower" and writes(row, "other", named=named):
        return True
    if role == "customer" or cell in READS_NOTHING or cell.startswith("read, note"):
        return False
    if cell == "read":
        return False
    if "named" in cell:
        return named
    return True
