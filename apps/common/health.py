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
_checks: dict[str, tuple[Check, bool]] = {}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong; ``text`` says what to do about it.

    ``is_work`` marks what waits for a person while the installation itself is sound.
    """

    check: str
    text: str
    is_work: bool = False


def register(name: str, check: Check, *, is_work: bool = False) -> None:
    """Add a check: a function without arguments that returns one sentence for each fault.

    With ``is_work`` its sentences are told and do not count as faults.
    """
    _checks[name] = check, is_work


def run_checks() -> list[Fault]:
    """Run every check, in order of registration; one that raises is a fault of its own."""
    faults: list[Fault] = []
    for name, (check, is_work) in _checks.items():
        try:
            faults.extend(Fault(name, text, is_work) for text in check())
        except Exception as error:
            logger.debug("check %s failed", name, exc_info=True)
            faults.append(Fault(name, f"the check itself failed: {error}"))
    return faults
