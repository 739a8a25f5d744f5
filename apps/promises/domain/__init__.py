"""The verbs of promises: every door (desk, API, customers' pages, tasks) calls these."""

from apps.promises.domain.attempting import NewTime, record_attempt, take_callback
from apps.promises.domain.booking import Booked, book_callback, cancel_callback, move_callback
from apps.promises.domain.clock import tick
from apps.promises.domain.feeds import reader_of, start_feed, stop_feed, token_of
from apps.promises.domain.making import NewPromise, make_promise
from apps.promises.domain.settling import (
    keep_promise,
    renegotiate_promise,
    take_back_settlement,
    withdraw_promise,
)
from apps.promises.domain.slots import Slot, free_slots
from apps.promises.domain.sweeping import sweep

__all__ = [
    "Booked",
    "NewPromise",
    "NewTime",
    "Slot",
    "book_callback",
    "cancel_callback",
    "free_slots",
    "keep_promise",
    "make_promise",
    "move_callback",
    "reader_of",
    "record_attempt",
    "renegotiate_promise",
    "start_feed",
    "stop_feed",
    "sweep",
    "take_back_settlement",
    "take_callback",
    "tick",
    "token_of",
    "withdraw_promise",
]
