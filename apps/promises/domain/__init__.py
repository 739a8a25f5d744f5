"""The verbs of promises: every door (desk, API, customers' pages, tasks) calls these."""

from apps.promises.domain.attempting import NewTime, record_attempt, take_callback
from apps.promises.domain.clock import tick
from apps.promises.domain.making import NewPromise, make_promise
from apps.promises.domain.settling import (
    keep_promise,
    renegotiate_promise,
    take_back_settlement,
    withdraw_promise,
)
from apps.promises.domain.sweeping import sweep

__all__ = [
    "NewPromise",
    "NewTime",
    "keep_promise",
    "make_promise",
    "record_attempt",
    "renegotiate_promise",
    "sweep",
    "take_back_settlement",
    "take_callback",
    "tick",
    "withdraw_promise",
]
