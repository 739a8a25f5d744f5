"""Opening many cases at once, one for each customer of a list."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from apps.cases.domain.lifecycle import draft_case, store_drafts
from apps.cases.hearing import CASE
from apps.cases.models import Case
from apps.customers.models import Customer
from apps.live.domain import announce

if TYPE_CHECKING:
    from apps.accounts.models import Team, User


def open_cases(
    *,
    actor: User,
    customers: Collection[Customer],
    channel: str,
    subject: Callable[[Customer], str],
    kind: str,
    team: Team,
) -> Sequence[Case]:
    """Open such a case for each of these customers, in the caller's transaction.

    As ``open_case``, in a fixed number of queries; the customers are held by the caller.
    """
    keys = [customer.pk for customer in customers]
    readable = Customer.objects.identities_visible_to(actor).filter(pk__in=keys)
    known = set(readable.values_list("pk", flat=True))
    opened = [
        draft_case(customer=one, channel=channel, subject=subject(one), kind=kind, team=team)
        for one in customers
    ]
    for case in opened:
        case.reveals_customer = case.customer_id in known
    store_drafts(opened, actor=actor)
    announce(CASE, *sorted(case.pk for case in opened))
    return opened
