"""One figure: what was measured, and the bound that it must keep."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass

MARK = "FIGURE "
LEAST, MOST = "at least", "at most"


@dataclass(frozen=True, slots=True)
class Figure:
    """``bound`` is what ``value`` must be at least or at most; without one it only informs."""

    part: str
    database: str
    name: str
    value: float
    unit: str
    bound: float | None = None
    sense: str = MOST
    note: str = ""

    @property
    def holds(self) -> bool | None:
        if self.bound is None:
            return None
        return self.value <= self.bound if self.sense == MOST else self.value >= self.bound


def tell(figure: Figure) -> None:
    """Hand a figure to the process that collects them."""
    print(MARK + json.dumps(asdict(figure)), flush=True)


def read(line: str) -> Figure | None:
    return Figure(**json.loads(line.removeprefix(MARK))) if line.startswith(MARK) else None


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = [
        "| part | database | figure | value | bound | |",
        "| --- | --- | --- | ---: | ---: | --- |",
    ]
    for one in figures:
        bound = "" if one.bound is None else f"{one.sense} {_number(one.bound)}"
        held = {None: "", True: "holds", False: "**MISSED**"}[one.holds]
        remark = ", ".join(filter(None, (held, one.note)))
        value = f"{_number(one.value)} {one.unit}".strip()
        lines.append(f"| {one.part} | {one.database} | {one.name} | {value} | {bound} | {remark} |")
    return "\n".join(lines)


def say(text: str) -> None:
    """Progress, apart from the figures."""
    print(text, file=sys.stderr, flush=True)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
