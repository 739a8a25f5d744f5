"""The verbs of promises: every door (desk, API, customers' pages, tasks) calls these."""

from apps.promises.domain.attempting import NewTime, record_attempt, take_callback
from apps.promises.domain.clock import tick
from apps.promises.domain.giving import give_promise
from apps.promises.domain.making import NewPromise, make_promise
from apps.promises.domain.settling import (
    keep_promise,
    renegotiate_promise,
    take_back_settlement,
    withdraw_promise,
)
from apps.promises.domain.sweeping import sweep
from apps.promises.domain.warnings import PromiseWarning, warnings_for

__all__ = [
    "NewPromise",
    "NewTime",
    "PromiseWarning",
    "give_promise",
    "keep_promise",
    "make_promise",
    "record_attempt",
    "renegotiate_promise",
    "sweep",
    "take_back_settlement",
    "take_callback",
    "tick",
    "warnings_for",
    "withdraw_promise",
]
