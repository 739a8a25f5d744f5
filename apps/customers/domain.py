"""What can be done with customers."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.customers import identities
from apps.customers.models import Customer, Identity, Organisation


class IdentityTaken(ValidationError):
    """An address already belongs to another customer."""


def find_or_create(*, kind: str, value: str, name: str = "", language: str = "") -> Customer:
    """Return the customer known by this address, made now if nobody is.

    Safe against twenty first messages at once: the unique address decides who is first.
    Raises ValidationError when the address has no normal form.
    """
    normal = identities.normalise(kind, value)
    known = Identity.objects.select_related("customer").filter(kind=kind, value=normal).first()
    if known:
        return known.customer
    try:
        with transaction.atomic():
            customer = Customer.objects.create(name=name[:200], language=language)
            Identity.objects.create(customer=customer, kind=kind, value=normal)
    except IntegrityError:
        return Identity.objects.select_related("customer").get(kind=kind, value=normal).customer
    return customer


@transaction.atomic
def create_customer(
    *,
    name: str = "",
    addresses: Iterable[tuple[str, str]] = (),
    organisation: str = "",
    **fields: str,
) -> Customer:
    """Create a customer with normalised addresses; raises IdentityTaken or ValidationError."""
    customer = Customer(name=name, organisation=_organisation(organisation), **fields)
    customer.full_clean()
    customer.save()
    for kind, value in addresses:
        add_identity(customer=customer, kind=kind, value=value)
    return customer


@transaction.atomic
def add_identity(*, customer: Customer, kind: str, value: str) -> Identity:
    """Make a customer known by one more address; raises IdentityTaken or ValidationError."""
    normal = identities.normalise(kind, value)
    try:
        with transaction.atomic():
            return Identity.objects.create(customer=customer, kind=kind, value=normal)
    except IntegrityError as error:
        if Identity.objects.filter(customer=customer, kind=kind, value=normal).exists():
            return Identity.objects.get(kind=kind, value=normal)
        raise IdentityTaken(_("This address belongs to another customer.")) from error


@transaction.atomic
def update_customer(
    *, customer_id: int, organisation: str | None = None, **fields: str
) -> Customer:
    """Change a customer's own fields; raises ValidationError with the field's name."""
    customer = Customer.objects.select_for_update().get(pk=customer_id)
    for key, value in fields.items():
        setattr(customer, key, value)
    if organisation is not None:
        customer.organisation = _organisation(organisation)
    customer.full_clean()
    customer.save()
    return customer


def _organisation(name: str) -> Organisation | None:
    return Organisation.objects.get_or_create(name=name.strip())[0] if name.strip() else None
