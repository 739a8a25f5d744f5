"""Customers by what somebody knows of them: a name, an address, a part of a number."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from django.db.models import Q

from apps.customers import identities, visibility
from apps.customers.enums import IdentityKind
from apps.customers.models import Identity

if TYPE_CHECKING:
    from apps.accounts.models import User

SHORTEST_PART = 3  # digits of a phone number: fewer stand in nearly every one
NUMBERS = (IdentityKind.PHONE, IdentityKind.FAX)
_BETWEEN = re.compile(r"[\s()/.+-]")


def matching(user: User, text: str) -> Q:
    """A condition on customers: part of a name, form of address or organisation, the key
    (``47`` or ``#47``), or what ``by_address`` finds.
    """
    text = text.strip()
    named = Q(name__icontains=text) | Q(form_of_address__icontains=text)
    key = text.removeprefix("#")
    if key.isascii() and key.isdigit() and len(key) < 19:
        named |= Q(pk=int(key))
    return named | Q(organisation__name__icontains=text) | by_address(user, text)


def by_address(user: User, text: str) -> Q:
    """Customers with this address, or with these digits in a row in a phone or fax number.

    Only among those whose addresses the person may read: trying out must tell nothing.
    """
    known = Identity.objects.filter(_spellings(text) | _part_of_number(text))
    return readable(user) & Q(pk__in=known.values("customer"))


def readable(user: User) -> Q:
    """Customers whose addresses the person may read."""
    return Q() if user.is_superuser else visibility.open_to(user)


def _spellings(text: str) -> Q:
    """The address as each kind would be stored."""
    spelt = ((kind, identities.normalise_received(kind, text)) for kind in IdentityKind.values)
    return Q(*(Q(kind=kind, value=value) for kind, value in spelt if value), _connector=Q.OR)


def _part_of_number(text: str) -> Q:
    """Digits as people write them: with spaces, and with the zero that stands for the country."""
    digits = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).lstrip("0")
    if not (digits.isascii() and digits.isdigit() and len(digits) >= SHORTEST_PART):
        return Q(pk__in=[])
    return Q(kind__in=NUMBERS, value__contains=digits)
