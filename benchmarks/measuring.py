"""Measuring pages: the bare view and ours in turn, so that both meet the same noise."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

ROUNDS, WARM_UP = 60, 8


@dataclass(frozen=True, slots=True)
class Measured:
    """Median milliseconds of our page and of the bare view, its queries and its bytes."""

    ours: float
    bare: float
    queries: int
    size: int

    @property
    def ratio(self) -> float:
        return self.ours / self.bare


def page(
    ours: Client, bare: Client, address: str, headers: Mapping[str, str] | None = None
) -> Measured:
    """Measure one address of ours beside the bare view; ``headers`` ask for a part of it."""
    answer = ours.get(address, headers=headers)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answers {answer.status_code}")
    with CaptureQueriesContext(connection) as queries:
        ours.get(address, headers=headers)
        number = len(queries)
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS + WARM_UP):
        times[0].append(milliseconds(lambda: ours.get(address, headers=headers)))
        times[1].append(milliseconds(lambda: bare.get("/bare/")))
    medians = [statistics.median(one[WARM_UP:]) for one in times]
    return Measured(medians[0], medians[1], number, len(answer.content))


def milliseconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
