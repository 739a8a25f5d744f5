"""Who sees and changes which case: as parts of a query, and of a single case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from apps.accounts import rules as people

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.cases.models import Case


def writable_by(user: User) -> Q:
    """Cases of the person's teams and cases without a team; restricted ones when named."""
    mine = Q(team_id__in=user.team_ids) | Q(team=None)
    return Q(restricted=False) & mine | Q(restricted=True) & _named(user)


def readable_by(user: User) -> Q:
    """What the person may write, and what they follow or were mentioned in."""
    follower = apps.get_model("cases", "CaseFollower")
    followed = follower.objects.filter(user=user).values("case_id")
    return writable_by(user) | Q(pk__in=followed)


def customers_open_to(user: User) -> Q:
    """Customers with a case that the person may read, or with no case at all.

    A case that was opened by somebody who might not read the addresses counts for neither:
    naming one address of a customer must not open the others.
    """
    telling = apps.get_model("cases", "Case").objects.filter(reveals_customer=True)
    own = telling.filter(customer=OuterRef("pk"))
    return Q(Exists(own.visible_to(user))) | ~Q(Exists(own))


def customers_kept_by(user: User) -> Q:
    """As ``customers_open_to``, with a case that the person may write.

    A customer without any case is anybody's to complete.
    """
    telling = apps.get_model("cases", "Case").objects.filter(reveals_customer=True)
    own = telling.filter(customer=OuterRef("pk"))
    return Q(Exists(own.writable_by(user))) | ~Q(Exists(own))


def can_read(user: User, case: Case) -> bool:
    return type(case).objects.visible_to(user).filter(pk=case.pk).exists()


def can_write(user: User, case: Case) -> bool:
    """As ``writable_by``; a case open to its team needs no question to the database."""
    if user.is_superuser:
        return True
    if not case.restricted:
        return case.team_id is None or people.is_in_team(user, case.team_id)
    return type(case).objects.writable_by(user).filter(pk=case.pk).exists()


def canned_for(user: User) -> Q:
    """Canned replies that the person may use: their own, their teams' and everybody's."""
    shared = Q(team_id__in=user.team_ids) | Q(team=None)
    return Q(owner=user) | Q(owner=None) & shared


def can_change_canned(user: User, *, owner_id: int | None, team_id: int | None) -> bool:
    """People change their own, leads their team's, superusers what is everybody's as well."""
    return owner_id == user.pk if owner_id else people.leads(user, team_id)


def can_restrict(user: User, case: Case) -> bool:
    """Leads of the case's team decide who alone may see it."""
    return can_write(user, case) and people.leads(user, case.team_id)


def _named(user: User) -> Q:
    grant = apps.get_model("cases", "CaseGrant")
    named = grant.objects.filter(Q(user=user) | Q(team_id__in=user.team_ids)).values("case_id")
    return Q(pk__in=named)
