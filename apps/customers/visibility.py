"""Whose addresses a person may read: a question that the layer of cases answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from apps.accounts.models import User

type Rule = Callable[[User], Q]

_rules: list[Rule] = []


def register(rule: Rule) -> None:
    """Add a condition on customers; one that holds is enough to read the identities."""
    _rules.append(rule)


def open_to(user: User) -> Q:
    """The condition that the registered rules make together; nobody's when there is none."""
    if not _rules:
        return Q(pk__in=[])
    condition = Q()
    for rule in _rules:
        condition |= rule(user)
    return condition
