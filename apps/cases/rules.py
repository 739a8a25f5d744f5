"""Predicates on single cases, and the answer to "who may see this customer?"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from apps.accounts import rules as people
from apps.cases.models import Case

if TYPE_CHECKING:
    from apps.accounts.models import User


def can_read(user: User, case: Case) -> bool:
    return Case.objects.visible_to(user).filter(pk=case.pk).exists()


def can_write(user: User, case: Case) -> bool:
    """As ``writable_by``; a case open to its team needs no question to the database."""
    if user.is_superuser:
        return True
    if not case.restricted:
        return case.team_id is None or people.is_in_team(user, case.team_id)
    return Case.objects.writable_by(user).filter(pk=case.pk).exists()


def can_restrict(user: User, case: Case) -> bool:
    """Leads of the case's team decide who alone may see it."""
    return can_write(user, case) and people.leads(user, case.team_id)


def customers_open_to(user: User) -> Q:
    """Customers with a case that the person may read, or with no case at all."""
    own = Case.objects.filter(customer=OuterRef("pk"))
    return Q(Exists(own.visible_to(user))) | ~Q(Exists(own))
