"""The verbs of promises: every door (desk, API, customers' pages, tasks) calls these."""

from apps.promises.domain.attempting import NewTime, record_attempt, take_callback
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
from apps.promises.domain.inquiring import Question, answer_inquiry, ask, set_estimate
from apps.promises.domain.levels import level_for
from apps.promises.domain.making import NewPromise, make_promise
from apps.promises.domain.senior import wish_for_senior
from apps.promises.domain.settling import (
    keep_promise,
    renegotiate_promise,
    take_back_settlement,
    withdraw_promise,
)
from apps.promises.domain.sweeping import sweep
from apps.promises.domain.terms import Terms, current_terms

__all__ = [
    "MOST",
    "Fetched",
    "Found",
    "NewPromise",
    "NewTime",
    "Plan",
    "Question",
    "Report",
    "Terms",
    "Wanted",
    "answer_inquiry",
    "ask",
    "choose_customers",
    "current_terms",
    "due_years",
    "end_campaign",
    "fetch_due_holidays",
    "fetch_holidays",
    "finish_visit",
    "keep_promise",
    "level_for",
    "make_promise",
    "record_attempt",
    "renegotiate_promise",
    "report_of",
    "schedule_for",
    "set_estimate",
    "start_campaign",
    "sweep",
    "take_back_settlement",
    "take_callback",
    "tick",
    "wish_for_senior",
    "withdraw_promise",
]
