"""How the accounts are, for the people who depend on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from apps.channels import registry
from apps.channels.doors import IntakeState, Reporting
from apps.channels.models import Account, Delivery, InboundMessage
from apps.channels.models.delivery import WAITING

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.channels.models.account import AccountQuerySet


@dataclass(frozen=True, slots=True)
class Report:
    """One account: what waits to leave, what is stuck, and how its input is fetched."""

    account: Account
    waiting: int
    troubled: int
    quarantined: int
    intake: IntakeState | None
    received_at: datetime | None = None
    """When the newest input came, through whichever door."""

    @property
    def is_down(self) -> bool:
        failing = self.intake is not None and self.intake.is_failing
        return self.account.is_enabled and (bool(self.account.unreachable_since) or failing)


def down(accounts: AccountQuerySet) -> AccountQuerySet:
    """Those whose server cannot be reached, or whose mailbox cannot be read, at this moment."""
    failing = Q(unreachable_since__isnull=False)
    for driver in registry.all_drivers():
        if isinstance(driver, Reporting):
            failing |= Q(pk__in=driver.failing_accounts())
    return accounts.enabled().filter(failing)


def reports(user: User) -> list[Report]:
    """The accounts that this person sees, in a fixed number of queries."""
    accounts = list(Account.objects.visible_to(user).select_related("team"))
    keys = [account.pk for account in accounts]
    waiting = _count(Delivery.objects.filter(WAITING, account__in=keys))
    troubled = _count(Delivery.objects.in_trouble().filter(account__in=keys))
    held = _count(InboundMessage.objects.quarantined().filter(account__in=keys))
    newest = InboundMessage.objects.filter(account=OuterRef("pk")).order_by("-pk")
    received = dict(
        Account.objects.filter(pk__in=keys).values_list(
            "pk", Subquery(newest.values("received_at")[:1])
        )
    )
    intakes = _intakes(accounts)
    return [
        Report(
            account=account,
            waiting=waiting.get(account.pk, 0),
            troubled=troubled.get(account.pk, 0),
            quarantined=held.get(account.pk, 0),
            intake=intakes.get(account.pk),
            received_at=received.get(account.pk),
        )
        for account in accounts
    ]


def _count(rows: QuerySet[Any]) -> dict[int, int]:
    counted = rows.order_by().values("account").annotate(number=Count("pk"))
    return {row["account"]: row["number"] for row in counted}


def _intakes(accounts: Iterable[Account]) -> Mapping[int, IntakeState]:
    by_channel: dict[str, list[int]] = {}
    for account in accounts:
        if account.is_enabled:
            by_channel.setdefault(account.channel, []).append(account.pk)
    found: dict[int, IntakeState] = {}
    for channel, keys in by_channel.items():
        if not registry.has(channel):
            continue
        driver = registry.get(channel)
        if isinstance(driver, Reporting):
            found.update(driver.intake_states(keys))
    return found
