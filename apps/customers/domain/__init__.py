"""What can be done with customers."""

from apps.customers.domain.knowing import (
    IdentityTaken,
    Sender,
    add_identity,
    create_customer,
    find_or_create,
    find_or_create_many,
    hold,
    mark_deliverable,
    mark_undeliverable,
    set_identities,
    update_customer,
)
from apps.customers.domain.merging import merge_customer, unmerge_customer

__all__ = [
    "IdentityTaken",
    "Sender",
    "add_identity",
    "create_customer",
    "find_or_create",
    "find_or_create_many",
    "hold",
    "mark_deliverable",
    "mark_undeliverable",
    "merge_customer",
    "set_identities",
    "unmerge_customer",
    "update_customer",
]
