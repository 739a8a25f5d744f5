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
from apps.customers.domain.remembering import (
    confirm_preference,
    note_preference,
    retire_preference,
    set_preferences,
)

__all__ = [
    "IdentityTaken",
    "Sender",
    "add_identity",
    "confirm_preference",
    "create_customer",
    "find_or_create",
    "find_or_create_many",
    "hold",
    "mark_deliverable",
    "mark_undeliverable",
    "merge_customer",
    "note_preference",
    "retire_preference",
    "set_identities",
    "set_preferences",
    "unmerge_customer",
    "update_customer",
]
