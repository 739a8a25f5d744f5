"""What browsers are told of post on its way: that a case or the list of troubles changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models.signals import post_save

from apps.cases.hearing import CASE, EVERYBODY, members
from apps.channels.enums import DeliveryState
from apps.channels.models import Account, Delivery
from apps.live import registry
from apps.live.domain import announce

ATTENTION = "attention"


def register() -> None:
    """Called once, when the app is ready."""
    registry.register(ATTENTION, keepers)
    post_save.connect(_moved, sender=Delivery)


def keepers(account_ids: Collection[int], user_ids: Collection[int]) -> Mapping[int, set[int]]:
    """Who of these people sees each of these accounts; everybody one without a team."""
    accounts = Account.objects.filter(pk__in=account_ids).values_list("pk", "team_id")
    team_of = dict(accounts)
    told = members({team or EVERYBODY for team in team_of.values()}, user_ids)
    return {pk: set(told[team or EVERYBODY]) for pk, team in team_of.items()}


def _moved(instance: Delivery, *, created: bool, **_: Any) -> None:
    """A delivery went on or got stuck; a new one is told by its interaction."""
    if created:
        return
    if said := instance.interaction:
        announce(CASE, said.case_id)
    if instance.state != DeliveryState.SENT or instance.warned_at:
        announce(ATTENTION, instance.account_id)
