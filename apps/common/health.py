"""What can be wrong with an installation: a registry of checks that ``doctor`` runs.

An app registers in ``AppConfig.ready``::

    health.register("mail accounts", find_faults)
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

logger = logging.getLogger(__name__)

Check = Callable[[], Iterable[str]]
_checks: dict[str, Check] = {}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong; ``text`` says what to do about it."""

    check: str
    text: str


def register(name: str, check: Check) -> None:
    """Add a check: a function without arguments that returns one sentence for each fault."""
    _checks[name] = check


def run_checks() -> list[Fault]:
    """Run every check, in order of registration; one that raises is a fault of its own."""
    faults: list[Fault] = []
    for name, check in _checks.items():
        try:
            faults.extend(Fault(name, text) for text in check())
        except Exception as error:
            logger.debug("check %s failed", name, exc_info=True)
            faults.append(Fault(name, f"the check itself failed: {error}"))
    return faults
