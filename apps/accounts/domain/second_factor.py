"""Who has to have a second factor, and has none."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction

from apps.accounts.enums import Role
from apps.accounts.models import SignInPolicy, User


def is_due(user: User) -> bool:
    """Whether the person must set a second factor up before they go on."""
    return _is_required(user) and not _has_one(user)


@transaction.atomic
def remove(*, user: User) -> int:
    """Take every factor and recovery code away, for somebody who lost theirs."""
    removed, _rows = Authenticator.objects.filter(user=user).delete()
    return removed


def _is_required(user: User) -> bool:
    policy = SignInPolicy.current()
    if user.is_superuser and policy.superusers_need_second_factor:
        return True
    memberships = list(user.memberships.select_related("team"))
    leads = any(one.role == Role.LEAD for one in memberships)
    if leads and policy.leads_need_second_factor:
        return True
    return any(one.team.requires_second_factor for one in memberships)


def _has_one(user: User) -> bool:
    strong = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return Authenticator.objects.filter(user=user, type__in=strong).exists()
