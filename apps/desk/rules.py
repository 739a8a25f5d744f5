"""Predicates of the desk's own rooms."""

from __future__ import annotations

from apps.accounts import rules as people
from apps.accounts.models import User
from apps.cases.rules import can_read
from apps.channels.models import InboundMessage


def can_read_raw(user: User, inbound: InboundMessage) -> bool:
    """Raw inputs are for leads of the account's team who may read the case, and superusers."""
    if not people.leads(user, inbound.account.team_id):
        return False
    return inbound.case is None or can_read(user, inbound.case)
