"""When the clock looks at a promise, and what it tells then."""

from __future__ import annotations

from datetime import datetime

from apps.promises.domain.agreed import REMIND_BEFORE
from apps.promises.enums import Stage, State
from apps.promises.models import Promise
from apps.promises.models.promise import PER_CENT

STAGES = tuple(Stage)


def moment_of(promise: Promise, stage: Stage) -> datetime:
    """When a stage of this promise comes (UTC).

    A promise for the next minutes is due soon when its second reminder is.
    """
    share = promise.agreed_time / (100 * PER_CENT)
    second = promise.made_at + promise.second_reminder * share
    match stage:
        case Stage.HALF:
            return promise.made_at + promise.first_reminder * share
        case Stage.THREE_QUARTERS:
            return second
        case Stage.SOON:
            return max(second, promise.deadline - REMIND_BEFORE)
        case Stage.BROKEN:
            return promise.deadline


def wind(promise: Promise) -> None:
    """Let a promise, which the caller stores, know when the clock looks at it next."""
    runs = promise.state == State.OPEN and promise.paused_at is None
    promise.next_check_at = moment_of(promise, STAGES[promise.stage]) if runs else None
