"""The names in double braces that a canned reply may hold, and what each becomes.

This list is all there is: pages, help texts and checks read it from here.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.common.text import is_chinese

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.cases.models import Case
    from apps.customers.models import Customer

ENGLISH, CHINESE = "en", "zh-hans"
PLACEHOLDERS = {
    "customer.greeting": gettext_lazy("the greeting, by form of address and time of day"),
    "customer.address": gettext_lazy("the customer's form of address"),
    "customer.name": gettext_lazy("the customer's name"),
    "case.number": gettext_lazy("the number of the case"),
    "case.subject": gettext_lazy("the subject of the case"),
    "agent.name": gettext_lazy("your own name as customers read it"),
    "team.name": gettext_lazy("the team of the case"),
}
_TOKEN = re.compile(r"\{\{\s*([^{}]{0,60}?)\s*\}\}")

# Letters to customers, in the customer's language and not in that of the page: they stand here
# side by side. Without a zone nobody knows the time of day; "{who}" is the form of address.
_GREETINGS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    ENGLISH: {
        "": ("Dear {who},", "Hello,"),
        "morning": ("Good morning, {who},", "Good morning,"),
        "afternoon": ("Good afternoon, {who},", "Good afternoon,"),
        "evening": ("Good evening, {who},", "Good evening,"),
    },
    CHINESE: {
        "": ("{who}，您好！", "您好！"),
        "morning": ("{who}，您早上好！", "您早上好！"),
        "afternoon": ("{who}，您下午好！", "您下午好！"),
        "evening": ("{who}，您晚上好！", "您晚上好！"),
    },
}
_DAY = ((5, ""), (12, "morning"), (18, "afternoon"), (23, "evening"), (24, ""))


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its values; ``missing`` are the names that still stand in it."""

    text: str
    missing: tuple[str, ...]


def check(text: str) -> None:
    """Raise ValidationError with a sentence for the first name that nobody knows."""
    for name in _TOKEN.findall(text):
        if name not in PLACEHOLDERS:
            raise ValidationError(
                _("There is no placeholder “%(name)s”. Possible are: %(known)s."),
                params={"name": name, "known": ", ".join(PLACEHOLDERS)},
            )


def unfilled(text: str) -> list[str]:
    """The known names that still stand in a text, each once."""
    found = dict.fromkeys(_TOKEN.findall(text))
    return [name for name in found if name in PLACEHOLDERS]


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Put in what is known; a name without a value stays, so that its writer sees it."""

    def value_of(match: re.Match[str]) -> str:
        return values.get(match[1]) or match[0]

    filled = _TOKEN.sub(value_of, text)
    return Filled(filled, tuple(unfilled(filled)))


@dataclass(frozen=True, slots=True)
class Letter:
    """What is known of a letter before it is written; what is empty is not known yet.

    ``customer`` is the one whom it is about. Where somebody else reads it (``to_customer`` is
    off) their form of address is nobody's here, and the greeting names nobody.
    """

    customer: Customer | None = None
    number: str = ""
    subject: str = ""
    team: str = ""
    to_customer: bool = True


def letter_in(case: Case, *, to_customer: bool = True) -> Letter:
    """What is known of a letter in a case."""
    team = case.team.name if case.team else ""
    return Letter(case.customer, case.number, case.subject, team, to_customer)


def values_for(letter: Letter, agent: User, *, language: str, at: datetime) -> dict[str, str]:
    """What the names stand for in a letter, "" for what is not known; ``at`` is UTC."""
    customer = letter.customer
    found = {
        "customer.greeting": _greeting(letter, language=language, at=at),
        "customer.address": customer.form_of_address if customer and letter.to_customer else "",
        "customer.name": customer.name if customer else "",
        "case.number": letter.number,
        "case.subject": letter.subject,
        "agent.name": agent.name,
        "team.name": letter.team,
    }
    # what a customer typed is never a placeholder of ours
    return {name: " ".join(value.split()).replace("{{", "{ {") for name, value in found.items()}


def greet(customer: Customer, *, language: str, at: datetime) -> str:
    """Greet in the customer's language, by the clock of their zone where that is known."""
    who = customer.form_of_address or customer.name
    named, unnamed = _GREETINGS[language][_time_of_day(customer.timezone, at)]
    return named.format(who=who) if who else unnamed


def _greeting(letter: Letter, *, language: str, at: datetime) -> str:
    if not letter.to_customer:
        return _GREETINGS[language][""][1]
    return greet(letter.customer, language=language, at=at) if letter.customer else ""


def language_of(case: Case) -> str:
    """The customer's own language, else the one in which the case is written."""
    if case.customer.language in {ENGLISH, CHINESE}:
        return case.customer.language
    return CHINESE if is_chinese(case.subject + case.snippet) else ENGLISH


def _time_of_day(zone: str, at: datetime) -> str:
    try:
        hour = at.astimezone(zoneinfo.ZoneInfo(zone)).hour if zone else 0
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return ""
    return next(name for until, name in _DAY if hour < until)
