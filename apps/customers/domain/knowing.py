"""Whom we know, and under which addresses."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.common.bulk import insert_rows
from apps.customers import identities, signals
from apps.customers.domain.remembering import follow_language
from apps.customers.domain.standing import check_standing
from apps.customers.models import Customer, Identity, Organisation


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who wrote, as their channel names them; ``value`` is empty when it does not."""

    kind: str
    value: str
    name: str = ""
    language: str = ""


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
def find_or_create_many(senders: Sequence[Sender]) -> list[Customer]:
    """The customer behind each sender, in this order, those already known locked.

    Takes the same few queries for any number. Who gives no address is a new customer each
    time, since nothing tells two of them apart.
    """
    values = {(sender.kind, sender.value): sender for sender in senders if sender.value}
    known = _known(values)
    missing = {key: sender for key, sender in values.items() if key not in known}
    if missing:
        try:
            with transaction.atomic():
                known |= _create_known_by(missing)
        except IntegrityError:  # somebody else made one of them meanwhile
            known |= _known(missing)
            late = {key: sender for key, sender in missing.items() if key not in known}
            known |= _create_known_by(late)
    fresh = iter(_create([sender for sender in senders if not sender.value]))
    return [known[s.kind, s.value] if s.value else next(fresh) for s in senders]


def hold(customer: Customer) -> Customer:
    """Keep a customer from being merged away until the transaction ends.

    Returns the one in whom they go on, if somebody has merged them already.
    """
    held = Customer.objects.select_for_update(of=("self",), no_key=True).get(pk=customer.pk)
    return hold(held.merged_into) if held.merged_into is not None else held


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
def set_identities(*, customer_id: int, addresses: Iterable[tuple[str, str]]) -> Customer:
    """Make these (kind, value) all the addresses of a customer; others are forgotten.

    Raises IdentityTaken, ValidationError or CustomerMerged, and changes nothing then.
    """
    customer = Customer.objects.select_for_update().get(pk=customer_id)
    check_standing(customer)
    wanted = {(kind, identities.normalise(kind, value)) for kind, value in addresses}
    gone = [one.pk for one in customer.identities.all() if (one.kind, one.value) not in wanted]
    Identity.objects.filter(pk__in=gone).delete()
    for kind, value in sorted(wanted):
        add_identity(customer=customer, kind=kind, value=value)
    return customer


@transaction.atomic
def update_customer(
    *, customer_id: int, organisation: str | None = None, **fields: str
) -> Customer:
    """Change a customer's own fields.

    Raises ValidationError with the field's name, or CustomerMerged.
    """
    customer = Customer.objects.select_for_update().get(pk=customer_id)
    check_standing(customer)
    for key, value in fields.items():
        setattr(customer, key, value)
    if organisation is not None:
        customer.organisation = _organisation(organisation)
    customer.full_clean()
    customer.save()
    if "language" in fields:
        follow_language(customer)
    return customer


def mark_undeliverable(*, kind: str, value: str, reason: str) -> bool:
    """Note that nothing arrives at an address any more; the first reason stays.

    Returns whether somebody is known by it and it was good so far.
    """
    good = Identity.objects.filter(kind=kind, value=value, bad_since=None)
    return good.update(bad_since=timezone.now(), bad_reason=reason[:300]) > 0


def mark_deliverable(addresses: Iterable[tuple[str, str]]) -> None:
    """Take marks of ``mark_undeliverable`` back from (kind, value): somebody wrote from there."""
    values = {value for _kind, value in addresses}
    bad = Identity.objects.filter(value__in=values, bad_since__isnull=False)
    bad.update(bad_since=None, bad_reason="")


def _known(keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Customer]:
    values = [value for _kind, value in keys]
    kinds = {kind for kind, _value in keys}
    found = (
        Identity.objects.select_related("customer")
        .select_for_update(of=("customer",), no_key=True)
        .filter(kind__in=kinds, value__in=values)
        .order_by("customer_id")
    )
    customers = {identity.customer_id: identity.customer for identity in found}
    if any(customer.merged_into_id for customer in customers.values()):
        return _known(keys)  # merged while we waited for the lock: the addresses have moved
    return {(one.kind, one.value): customers[one.customer_id] for one in found}


def _create_known_by(
    senders: Mapping[tuple[str, str], Sender],
) -> dict[tuple[str, str], Customer]:
    customers = _create(list(senders.values()))
    insert_rows(
        [
            Identity(customer=customer, kind=kind, value=value)
            for (kind, value), customer in zip(senders, customers, strict=True)
        ]
    )
    return dict(zip(senders, customers, strict=True))


def _create(senders: Sequence[Sender]) -> list[Customer]:
    customers = insert_rows(
        [Customer(name=sender.name[:200], language=sender.language) for sender in senders]
    )
    if customers:
        signals.customers_met.send(Customer, customers=customers)
    return customers


def _organisation(name: str) -> Organisation | None:
    return Organisation.objects.get_or_create(name=name.strip())[0] if name.strip() else None
