"""What stopped on its way, found without reading what did not."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet

from apps.accounts.models import User
from apps.channels.models import Account, Delivery, InboundMessage
from apps.channels.models.delivery import DeliveryQuerySet
from apps.channels.models.inbound import InboundMessageQuerySet

# Most rows of an account are well, so the few that are not have to be found first, and by
# account only afterwards: the sum keeps planners off the account's own index.
ACCOUNT = F("account_id") + 0


def quarantined(user: User) -> InboundMessageQuerySet:
    """Inputs in quarantine, of the accounts that the person sees."""
    found = InboundMessage.objects.quarantined()
    return found.alias(key=ACCOUNT).filter(key__in=_accounts(user))


def unsent(user: User) -> DeliveryQuerySet:
    """Deliveries in trouble, of the accounts that the person sees."""
    found = Delivery.objects.in_trouble()
    return found.alias(key=ACCOUNT).filter(key__in=_accounts(user))


def _accounts(user: User) -> QuerySet[Account, Any]:
    return Account.objects.visible_to(user).values("pk")
