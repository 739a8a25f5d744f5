"""The customers' page: who they are, where they are reached, and what is open with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q

from apps.accounts.models import User
from apps.cases.customers import customers_matching
from apps.cases.enums import ACTIVE
from apps.cases.models import Case
from apps.customers.models import Customer
from apps.desk.newcases import is_key
from apps.desk.recipients import addresses

PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One customer. Addresses are masked for whoever may not read them; ``cases`` and ``open``
    count what the reader may see, ``last`` is when something last happened in one of those.
    """

    pk: int
    name: str
    organisation: str
    form_of_address: str
    addresses: list[tuple[str, str, str]]
    cases: int
    open: int
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Customers:
    """One page, the newest customer first; ``following`` is where the next one begins."""

    rows: list[Row]
    following: str


def find(user: User, *, text: str = "", after: str = "") -> Customers:
    """One page of all customers, or of those who fit the words, in five queries at most."""
    wanted = Customer.objects.visible_to(user).standing().with_identities()
    if text:
        wanted = wanted.filter(customers_matching(user, text))
    if is_key(after):
        wanted = wanted.filter(pk__lt=int(after))
    found = list(wanted.order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE]
    return Customers(
        rows=_rows(shown, user),
        following=str(shown[-1].pk) if len(found) > PAGE else "",
    )


def _rows(customers: Sequence[Customer], user: User) -> list[Row]:
    keys = [customer.pk for customer in customers]
    readable = Customer.objects.identities_visible_to(user).filter(pk__in=keys)
    known = set(readable.values_list("pk", flat=True))
    cases = _cases(keys, user)
    return [_row(one, known=one.pk in known, cases=cases.get(one.pk, {})) for one in customers]


def _row(customer: Customer, *, known: bool, cases: Mapping[str, Any]) -> Row:
    return Row(
        pk=customer.pk,
        name=customer.display_name(masked=not known),
        organisation=customer.organisation.name if customer.organisation else "",
        form_of_address=customer.form_of_address,
        addresses=addresses(customer, known=known),
        cases=cases.get("all", 0),
        open=cases.get("open", 0),
        last=cases.get("last"),
    )


def _cases(keys: Iterable[int], user: User) -> dict[int, dict[str, Any]]:
    """What the reader may see of each customer's cases, counted in one query."""
    theirs = Case.objects.visible_to(user).standing().filter(customer__in=keys).order_by()
    counted = theirs.values("customer_id").annotate(
        all=Count("pk"),
        open=Count("pk", filter=Q(status__in=ACTIVE)),
        last=Max("last_activity_at"),
    )
    return {row["customer_id"]: dict(row) for row in counted}
