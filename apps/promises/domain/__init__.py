"""The verbs of promises: every door (desk, API, customers' pages, tasks) calls these."""

from apps.promises.domain.attempting import NewTime, record_attempt, take_callback
from apps.promises.domain.booking import (
    Booked,
    Soonest,
    book_callback,
    cancel_callback,
    move_callback,
    room_warnings,
    soonest,
)
from apps.promises.domain.calendars import (
    Fetched,
    due_years,
    fetch_due_holidays,
    fetch_holidays,
    schedule_for,
)
from apps.promises.domain.campaigning import (
    MOST,
    Plan,
    Report,
    end_campaign,
    finish_visit,
    report_of,
    start_campaign,
)
from apps.promises.domain.choosing import Found, Wanted, choose_customers
from apps.promises.domain.clock import tick
from apps.promises.domain.feeds import reader_of, start_feed, stop_feed, token_of
from apps.promises.domain.giving import give_promise
from apps.promises.domain.inquiring import Question, answer_inquiry, ask, set_estimate
from apps.promises.domain.levels import level_for
from apps.promises.domain.making import NewPromise, make_promise
from apps.promises.domain.senior import SENIOR, senior_due, wish_for_senior
from apps.promises.domain.settling import (
    keep_promise,
    renegotiate_promise,
    withdraw_promise,
)
from apps.promises.domain.slots import Slot, free_slots
from apps.promises.domain.sweeping import sweep
from apps.promises.domain.terms import Terms, current_terms
from apps.promises.domain.undoing import take_back_settlement
from apps.promises.domain.warnings import PromiseWarning, warnings_for, warnings_for_attempt

__all__ = [
    "MOST",
    "SENIOR",
    "Booked",
    "Fetched",
    "Found",
    "NewPromise",
    "NewTime",
    "Plan",
    "PromiseWarning",
    "Question",
    "Report",
    "Slot",
    "Soonest",
    "Terms",
    "Wanted",
    "answer_inquiry",
    "ask",
    "book_callback",
    "cancel_callback",
    "choose_customers",
    "current_terms",
    "due_years",
    "end_campaign",
    "fetch_due_holidays",
    "fetch_holidays",
    "finish_visit",
    "free_slots",
    "give_promise",
    "keep_promise",
    "level_for",
    "make_promise",
    "move_callback",
    "reader_of",
    "record_attempt",
    "renegotiate_promise",
    "report_of",
    "room_warnings",
    "schedule_for",
    "senior_due",
    "set_estimate",
    "soonest",
    "start_campaign",
    "start_feed",
    "stop_feed",
    "sweep",
    "take_back_settlement",
    "take_callback",
    "tick",
    "token_of",
    "warnings_for",
    "warnings_for_attempt",
    "wish_for_senior",
    "withdraw_promise",
]
