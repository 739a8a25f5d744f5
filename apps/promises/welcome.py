"""When a customer may be called: rules that other layers add, asked before a call is promised.

Whoever knows what customers wish registers a rule in ``AppConfig.ready``. It is asked once for
a customer, when it may read what it needs, and answers for any number of moments after that.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from apps.customers.models import Customer

type Answers = Callable[[datetime], bool]
type Rule = Callable[[Customer], Answers]

_rules: list[Rule] = []


def register(rule: Rule) -> None:
    """Add a rule; a call is welcome when every rule says so."""
    _rules.append(rule)


def welcome_times(customer: Customer | None) -> Answers:
    """Whether a call is welcome at a moment (UTC), as a function; always where nobody is named."""
    answers = [rule(customer) for rule in _rules] if customer is not None else []
    return lambda at: all(answer(at) for answer in answers)
