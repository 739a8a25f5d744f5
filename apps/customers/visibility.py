"""Whose addresses a person may read, and of whom they may note things: cases answer that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from apps.accounts.models import User

type Rule = Callable[[User], Q]

_rules: list[Rule] = []
_keepers: list[Rule] = []


def register(rule: Rule) -> None:
    """Add a condition on customers; one that holds is enough to read the identities."""
    _rules.append(rule)


def open_to(user: User) -> Q:
    """The condition that the registered rules make together; nobody's when there is none."""
    return _any_of(_rules, user)


def register_keeper(rule: Rule) -> None:
    """Add a condition on customers; one that holds is enough to note and retire preferences."""
    _keepers.append(rule)


def kept_by(user: User) -> Q:
    """As ``open_to``, for what people may change."""
    return _any_of(_keepers, user)


def _any_of(rules: list[Rule], user: User) -> Q:
    if not rules:
        return Q(pk__in=[])
    condition = Q()
    for rule in rules:
        condition |= rule(user)
    return condition
