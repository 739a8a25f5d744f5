"""The list of blocked and allowed senders, kept by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from apps.accounts.rules import is_in_team, leads
from apps.cases.errors import NotAllowed
from apps.channels.models import SenderRule

if TYPE_CHECKING:
    from apps.accounts.models import Team, User


def can_remove(user: User, rule: SenderRule) -> bool:
    """Members take back what blocks a sender of their team, leads any rule of it."""
    if leads(user, rule.team_id):
        return True
    return rule.blocks and is_in_team(user, rule.team_id)


@transaction.atomic
def set_sender_rule(*, value: str, verdict: str, team: Team | None, actor: User) -> SenderRule:
    """Block or allow an address or a domain (in normal form) in a team's accounts, or in all.

    Another verdict on the same sender takes the place of the first. Raises NotAllowed.
    """
    if not leads(actor, team.pk if team else None):
        raise NotAllowed
    rule, _created = SenderRule.objects.update_or_create(
        value=value, team=team, defaults={"verdict": verdict, "author": actor}
    )
    return rule


@transaction.atomic
def remove_sender_rule(*, rule_id: int, actor: User) -> None:
    """Take a rule back: what the sender writes from now on is judged without it.

    Raises NotAllowed, or SenderRule.DoesNotExist for a rule that the person does not see.
    """
    rule = SenderRule.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=rule_id)
    if not can_remove(actor, rule):
        raise NotAllowed
    rule.delete()
