"""Customers who look like one person: exact signs only, from indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.customers.enums import IdentityKind
from apps.customers.models import Customer

if TYPE_CHECKING:
    from apps.accounts.models import User

SHOWN, LOOKED_AT = 3, 20
# Everybody has an address there: sharing one of these domains says nothing.
PUBLIC = frozenset({
    "126.com", "139.com", "163.com", "189.cn", "aliyun.com", "aol.com", "foxmail.com", "gmail.com",
    "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com", "live.com", "mail.com",
    "mail.ru", "me.com", "msn.com", "outlook.com", "proton.me", "protonmail.com", "qq.com",
    "sina.cn", "sina.com", "sohu.com", "vip.163.com", "vip.qq.com", "web.de", "yahoo.com",
    "yandex.ru", "yeah.net",
})  # fmt: skip


def find(customer: Customer, user: User) -> list[Customer]:
    """Others of the same name, and of the same organisation or with addresses of one domain.

    Only among customers whose addresses the person may read; two queries, whatever there is.
    """
    if not customer.name or customer.merged_into_id:
        return []
    same = Customer.objects.identities_visible_to(user).standing().filter(name=customer.name)
    others = same.exclude(pk=customer.pk).with_identities().order_by("pk")[:LOOKED_AT]
    mine = _domains(customer)
    return [
        other for other in others if _same_organisation(customer, other) or mine & _domains(other)
    ][:SHOWN]


def _same_organisation(one: Customer, other: Customer) -> bool:
    return one.organisation_id is not None and one.organisation_id == other.organisation_id


def _domains(customer: Customer) -> set[str]:
    emails = [one.value for one in customer.identities.all() if one.kind == IdentityKind.EMAIL]
    return {value.rpartition("@")[2] for value in emails} - PUBLIC
