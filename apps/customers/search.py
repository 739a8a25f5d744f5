"""Finding customers: by name and organisation in the index, by address exactly.

Addresses stay out of the index, since who may read them follows another rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _

from apps.customers import identities, signals
from apps.customers.enums import IdentityKind
from apps.customers.models import Customer, Identity, Organisation
from apps.search import domain, registry
from apps.search.registry import Document, Shown, Source

if TYPE_CHECKING:
    from apps.accounts.models import User

CUSTOMER = "customer"


def register() -> None:
    """Called once, when the app is ready."""
    registry.register_source(Source(CUSTOMER, _("Customers"), load, documents))
    registry.register_direct(by_address)
    signals.customers_met.connect(_met)
    post_save.connect(_saved, sender=Customer)
    post_delete.connect(_deleted, sender=Customer)
    post_save.connect(_organisation_saved, sender=Organisation)


def document(customer: Customer) -> Document:
    organisation = customer.organisation.name if customer.organisation else ""
    return Document(
        source=CUSTOMER,
        object_id=customer.pk,
        at=customer.created_at,
        title=f"{customer.name} {customer.form_of_address}",
        body=organisation,
        customer_id=customer.pk,
    )


def documents() -> Iterator[Document]:
    known = Customer.objects.standing().select_related("organisation").order_by("pk")
    for customer in known.iterator(chunk_size=1000):
        yield document(customer)


def load(user: User, ids: Sequence[int]) -> Mapping[int, Shown]:
    found = Customer.objects.visible_to(user).filter(pk__in=ids).select_related("organisation")
    return {customer.pk: _shown(customer) for customer in found}


def by_address(user: User, typed: str) -> list[Shown]:
    """Customers known by exactly this address, for whoever may read their addresses."""
    condition = Q(pk__in=[])
    for kind in IdentityKind.values:
        try:
            condition |= Q(kind=kind, value=identities.normalise(kind, typed))
        except ValidationError:
            continue
    known = list(Identity.objects.filter(condition).values_list("customer_id", flat=True))
    if not known:
        return []
    found = Customer.objects.visible_to(user).identities_visible_to(user).filter(pk__in=known)
    return [_shown(customer) for customer in found.select_related("organisation")]


def _shown(customer: Customer) -> Shown:
    return Shown(
        source=CUSTOMER,
        object_id=customer.pk,
        object=customer,
        title=str(customer),
        body=customer.organisation.name if customer.organisation else "",
        at=customer.created_at,
        customer_id=customer.pk,
    )


def _met(*, customers: Sequence[Customer], **_kwargs: Any) -> None:
    domain.put((document(customer) for customer in customers if customer.name), new=True)


def _saved(*, instance: Customer, created: bool, raw: bool, **_kwargs: Any) -> None:
    if instance.merged_into_id:
        domain.remove(CUSTOMER, [instance.pk])
    elif not raw and (instance.name or not created):
        domain.put([document(instance)], new=created)


def _deleted(*, instance: Customer, **_kwargs: Any) -> None:
    domain.remove(CUSTOMER, [instance.pk])


def _organisation_saved(
    *, instance: Organisation, created: bool, raw: bool, **_kwargs: Any
) -> None:
    if not raw and not created:
        domain.put(document(customer) for customer in instance.customers.standing())
