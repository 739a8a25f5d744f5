"""Who is who: the predicates that other apps build their own rules on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


def works_here(user: User | AnonymousUser) -> TypeGuard[User]:
    """True for somebody who may use the agents' workplace at all."""
    return user.is_authenticated and user.is_active


def leads(user: User, team_id: int | None) -> bool:
    return user.is_superuser or (team_id is not None and team_id in user.led_team_ids)


def leads_person(user: User, other: User) -> bool:
    """Whether somebody leads a team of another person; nobody leads themselves."""
    if user.pk == other.pk:
        return False
    return user.is_superuser or bool(set(user.led_team_ids) & set(other.team_ids))


def may_configure(user: User) -> bool:
    """Whether somebody may change how the installation and its teams work."""
    return user.is_superuser


def is_in_team(user: User, team_id: int | None) -> bool:
    return team_id is not None and team_id in user.team_ids
