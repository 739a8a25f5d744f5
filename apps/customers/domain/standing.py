"""Who stands for themselves: what every change of a customer asks first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.customers.errors import CustomerMerged

if TYPE_CHECKING:
    from apps.customers.models import Customer


def check_standing(customer: Customer) -> None:
    """Raise CustomerMerged for a customer who goes on as another one."""
    if customer.merged_into is not None:
        raise CustomerMerged(str(customer.merged_into))
