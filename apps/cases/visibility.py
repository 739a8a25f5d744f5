"""The conditions behind "who sees what" for cases, as parts of a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Q

if TYPE_CHECKING:
    from apps.accounts.models import User


def writable_by(user: User) -> Q:
    """Cases of the person's teams and cases without a team; restricted ones when named."""
    mine = Q(team_id__in=user.team_ids) | Q(team=None)
    return Q(restricted=False) & mine | Q(restricted=True) & _named(user)


def readable_by(user: User) -> Q:
    """What the person may write, and what they follow or were mentioned in."""
    follower = apps.get_model("cases", "CaseFollower")
    followed = follower.objects.filter(user=user).values("case_id")
    return writable_by(user) | Q(pk__in=followed)


def _named(user: User) -> Q:
    grant = apps.get_model("cases", "CaseGrant")
    named = grant.objects.filter(Q(user=user) | Q(team_id__in=user.team_ids)).values("case_id")
    return Q(pk__in=named)
