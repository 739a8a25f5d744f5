"""Choosing the customers of a campaign: by words, tag and organisation, or from a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Q

from apps.cases.models import Case
from apps.customers import identities
from apps.customers.enums import IdentityKind
from apps.customers.models import Customer, CustomerQuerySet, Identity

if TYPE_CHECKING:
    from apps.accounts.models import User


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words, tag and organisation must all fit; the customers of ``addresses`` come on top."""

    words: str = ""
    tag: str = ""
    organisation: str = ""
    addresses: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Who was found, by key, and which of the addresses nobody is known by."""

    customers: Sequence[Customer]
    unknown: Sequence[str]


def choose_customers(*, actor: User, wanted: Wanted, most: int) -> Found:
    """The customers whom this person may call, one more than ``most`` at most.

    Nobody is found whose addresses the person may not read: as if they were not there.
    """
    mine = Customer.objects.standing().identities_visible_to(actor)
    keys = set(_by_filters(mine, wanted, actor).values_list("pk", flat=True)[: most + 1])
    listed, unknown = _by_addresses(mine, wanted.addresses)
    found = mine.filter(pk__in=keys | listed).select_related("organisation").order_by("pk")
    return Found(list(found[: most + 1]), unknown)


def _by_filters(mine: CustomerQuerySet, wanted: Wanted, actor: User) -> CustomerQuerySet:
    if not (wanted.words or wanted.tag or wanted.organisation):
        return mine.none()
    found = mine
    if wanted.words:
        named = Q(name__icontains=wanted.words) | Q(form_of_address__icontains=wanted.words)
        found = found.filter(named)
    if wanted.organisation:
        found = found.filter(organisation__name__icontains=wanted.organisation)
    if wanted.tag:
        tagged = Case.objects.visible_to(actor).filter(tags__name=wanted.tag)
        found = found.filter(pk__in=tagged.values("customer"))
    return found.order_by("pk")


def _by_addresses(mine: CustomerQuerySet, typed: Sequence[str]) -> tuple[set[int], list[str]]:
    """The keys of those who are known by these addresses, and what is known of nobody."""
    spelled = {one: _spellings(one) for one in dict.fromkeys(typed)}
    values = {value for pairs in spelled.values() for _kind, value in pairs}
    rows = Identity.objects.filter(value__in=values, customer__in=mine.values("pk"))
    known = {(kind, value): pk for kind, value, pk in rows.values_list("kind", "value", "customer")}
    keys: set[int] = set()
    unknown = []
    for one, pairs in spelled.items():
        theirs = {known[pair] for pair in pairs if pair in known}
        keys |= theirs
        if not theirs:
            unknown.append(one)
    return keys, unknown


def _spellings(typed: str) -> list[tuple[str, str]]:
    """What an address may mean, in the normal form of each kind; ``kind:value`` is one alone."""
    kind, colon, value = typed.partition(":")
    kinds = [kind] if colon and kind in IdentityKind.values else IdentityKind.values
    pairs = []
    for one in kinds:
        try:
            pairs.append((one, identities.normalise(one, value if len(kinds) == 1 else typed)))
        except ValidationError:
            continue
    return pairs
