"""How a team works."""

from __future__ import annotations

from django.db import transaction

from apps.accounts.errors import NotYourTeam
from apps.accounts.models import Team, User
from apps.accounts.rules import may_configure


@transaction.atomic
def set_assignment_rule(
    *, team_id: int, actor: User, rule: str | None = None, fallback: str | None = None
) -> Team:
    """Say who is given the team's cases that have no owner; None leaves a value as it is.

    Cases that wait without an owner are given away soon after. Raises NotYourTeam,
    Team.DoesNotExist, or ValidationError with the field's name.
    """
    if not may_configure(actor):
        raise NotYourTeam
    team = Team.objects.select_for_update().get(pk=team_id)
    given = {"assignment_rule": rule, "assignment_fallback": fallback}
    changed = {
        name: value
        for name, value in given.items()
        if value is not None and value != getattr(team, name)
    }
    for name, value in changed.items():
        setattr(team, name, value)
    if changed:
        team.full_clean(exclude=["name"])
        team.save(update_fields=changed)
    return team
