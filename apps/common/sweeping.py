"""What is thrown away once nobody can want it any more: a registry of steps for the sweep.

An app registers in ``AppConfig.ready``::

    sweeping.register(forget_old)
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Protocol

logger = logging.getLogger(__name__)


class Step(Protocol):
    def __call__(self, *, at: datetime) -> object:
        """Remove what is old; little work where nothing is."""


_steps: list[Step] = []


def register(step: Step) -> Step:
    """Add a step to every sweep."""
    _steps.append(step)
    return step


def run(*, at: datetime) -> None:
    """Run every step; one that fails is logged and does not keep the next from running."""
    for step in _steps:
        try:
            step(at=at)
        except Exception:
            logger.exception("a step of the sweep failed")
