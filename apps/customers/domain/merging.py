"""One person under two names: letting one customer go on as another, and taking that back."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.customers import belongings, signals
from apps.customers.domain.remembering import settle_language, unsettle_language
from apps.customers.domain.standing import check_standing
from apps.customers.errors import (
    AddressesHidden,
    CannotMergeCustomers,
    CannotPart,
    CustomerNotMerged,
)
from apps.customers.models import Customer, CustomerMerge, Preference

if TYPE_CHECKING:
    from apps.accounts.models import User

PREFERENCES = belongings.Belonging(Preference, "customer").label
FILLED = ("name", "form_of_address", "language", "timezone", "organisation_id", "about", "tier")


@transaction.atomic
def merge_customer(*, customer_id: int, into_id: int, actor: User) -> Customer:
    """Let a customer go on as another one, who is returned.

    Addresses, cases, preferences and whatever else belongs to them move (``belongings``); what
    the other one does not say of themselves is taken over. Undone by ``unmerge_customer``.

    Raises AddressesHidden unless the actor may read the addresses of both, CannotMergeCustomers,
    CustomerMerged for either, or Customer.DoesNotExist.
    """
    if customer_id == into_id:
        raise CannotMergeCustomers(_("A customer cannot be merged into themselves."))
    customer, into = _locked_pair(customer_id, into_id, actor)
    for one in (customer, into):
        check_standing(one)
    kept: dict[str, Any] = {
        "rows": {one.label: one.move(customer, into) for one in belongings.everything()},
        "filled": _fill(customer, into),
    }
    kept["language"] = settle_language(into, kept["rows"][PREFERENCES])
    customer.merged_into = into
    customer.save(update_fields=["merged_into"])
    signals.customer_merged.send(Customer, into=into, other=customer, actor=actor, kept=kept)
    CustomerMerge.objects.create(customer=customer, into=into, actor=actor, kept=kept)
    return into


@transaction.atomic
def unmerge_customer(*, customer_id: int, actor: User) -> Customer:
    """Take a merge back: whatever moved belongs to the first customer again, who is returned.

    Raises CustomerNotMerged, AddressesHidden, or CannotPart when something has happened since
    that nobody could put back where it belongs.
    """
    merge = CustomerMerge.objects.filter(customer=customer_id).first()
    if merge is None:
        _check_open_to(actor, {customer_id})
        raise CustomerNotMerged
    customer, into = _locked_pair(customer_id, merge.into_id, actor)
    merge = CustomerMerge.objects.filter(customer=customer, into=into).first()
    if merge is None:  # somebody else was faster
        raise CustomerNotMerged
    check_standing(into)
    later = CustomerMerge.objects.filter(into=into, merged_at__gt=merge.merged_at)
    if later.exclude(pk=merge.pk).exists():
        raise CannotPart(_("Another customer was merged into this one later. Undo that first."))
    signals.customer_parting.send(Customer, into=into, other=customer, merge=merge)
    unsettle_language(into, merge.kept.get("language", {}))
    for one in belongings.everything():
        keys = merge.kept["rows"].get(one.label, [])
        if one.move_back(keys, into, customer) != len(keys):
            raise CannotPart(_("Addresses or cases have changed hands since. Sort them by hand."))
    _empty(into, merge.kept["filled"])
    customer.merged_into = None
    customer.save(update_fields=["merged_into"])
    merge.delete()
    signals.customer_unmerged.send(
        Customer, into=into, other=customer, actor=actor, kept=merge.kept
    )
    return customer


def _locked_pair(one_id: int, other_id: int, actor: User) -> tuple[Customer, Customer]:
    """Both customers, locked in the order of their keys."""
    both = Customer.objects.select_for_update(of=("self",)).filter(pk__in=(one_id, other_id))
    found = {customer.pk: customer for customer in both.order_by("pk")}
    if not {one_id, other_id} <= found.keys():
        raise Customer.DoesNotExist
    _check_open_to(actor, found.keys())
    return found[one_id], found[other_id]


def _check_open_to(actor: User, keys: Collection[int]) -> None:
    readable = Customer.objects.identities_visible_to(actor).filter(pk__in=keys)
    if readable.count() != len(keys):
        raise AddressesHidden


def _fill(customer: Customer, into: Customer) -> dict[str, Any]:
    """Take over what ``into`` does not say of themselves; returns it."""
    taken = {
        name: getattr(customer, name)
        for name in FILLED
        if getattr(customer, name) != _unsaid(name) == getattr(into, name)
    }
    for name, value in taken.items():
        setattr(into, name, value)
    into.save(update_fields=list(taken))
    return taken


def _empty(into: Customer, filled: dict[str, Any]) -> None:
    """Give back what was taken over, unless somebody has changed it since."""
    back = [name for name, value in filled.items() if getattr(into, name) == value]
    for name in back:
        setattr(into, name, _unsaid(name))
    into.save(update_fields=back)


def _unsaid(name: str) -> Any:
    """Give the value of a field about which nobody has said anything."""
    field: Any = Customer._meta.get_field(name)  # noqa: SLF001 - Django's documented API
    return field.get_default()
