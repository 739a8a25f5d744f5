"""Who has come in: by a code for all requests of a customer, by a link for one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from apps.accounts.models import User
from apps.cases.domain.events import locked
from apps.cases.models import Case
from apps.cases.models.case import CaseQuerySet
from apps.common import links
from apps.customers.models import Customer
from apps.helpcentre.errors import NotYours
from apps.helpcentre.models import CaseLinks

STATUS = "status"
LINK_LIFE = timedelta(days=30)
MAX_MERGES = 20


@dataclass(frozen=True, slots=True)
class Pass:
    """What a browser keeps of a link or a code: whose requests, or which one."""

    customer_id: int
    case_id: int | None = None
    serial: int = 0


@dataclass(frozen=True, slots=True)
class Visitor:
    """A customer in a browser; ``case_id`` is the one request a link opens, else None."""

    customer: Customer
    case_id: int | None = None

    def cases(self) -> CaseQuerySet:
        """The requests that this visitor may see, those that go on in others left out."""
        own = Case.objects.filter(customer=self.customer).standing()
        return own if self.case_id is None else own.filter(pk=self.case_id)

    def find(self, number: str) -> Case:
        """The request with this number; raises NotYours for any other text."""
        case = Case.objects.by_number(number).select_related("owner", "customer").first()
        if case is None or case.customer_id != self.customer.pk:
            raise NotYours
        heir = follow_merges(case)
        if self.case_id is not None and self.case_id not in {case.pk, heir.pk}:
            raise NotYours
        return heir


def address_of(case: Case) -> str:
    """Where a request is followed; it lets nobody in who is not in already."""
    return f"{settings.BASE_URL}{reverse('helpcentre:request', args=[case.number])}"


def sign(case: Case, at: datetime) -> str:
    """A link by which the customer of a case follows it, for 30 days from ``at``."""
    keys = (case.pk, case.customer_id)
    token = links.make(STATUS, *keys, serial=serial_of(case.pk), until=at + LINK_LIFE)
    return f"{settings.BASE_URL}{reverse('helpcentre:enter', args=[token])}"


def read_link(token: str, *, at: datetime) -> Pass:
    """What a link opens as long as it is alive; asks no database. Raises LinkOver."""
    named = links.read(token, STATUS, at=at)
    case_id, customer_id = named.keys
    return Pass(customer_id, case_id, named.serial)


def admit(given: Pass) -> Visitor:
    """Who has come in, asked anew each time. Raises LinkOver.

    A link is over once its case is another customer's, or its serial was turned.
    """
    customer = find_customer(given.customer_id)
    if customer is None:
        raise links.LinkOver
    if given.case_id is None:
        return Visitor(customer)
    case = Case.objects.filter(pk=given.case_id, customer=customer).first()
    if case is None or serial_of(case.pk) != given.serial:
        raise links.LinkOver
    try:
        return Visitor(customer, follow_merges(case).pk)
    except NotYours as error:
        raise links.LinkOver from error


def find_customer(customer_id: int) -> Customer | None:
    """The customer, or the one as whom they go on; None when there is no such person."""
    found = Customer.objects.filter(pk=customer_id).first()
    for _turn in range(MAX_MERGES):
        if found is None or found.merged_into_id is None:
            break
        found = Customer.objects.filter(pk=found.merged_into_id).first()
    return found


def follow_merges(case: Case) -> Case:
    """The case in which this one goes on; raises NotYours where that is another customer's."""
    heir = case
    for _turn in range(MAX_MERGES):
        if heir.merged_into_id is None:
            break
        heir = Case.objects.select_related("owner", "customer").get(pk=heir.merged_into_id)
    if heir.customer_id != case.customer_id:
        raise NotYours
    return heir


def serial_of(case_id: int) -> int:
    found = CaseLinks.objects.filter(case=case_id).values_list("serial", flat=True).first()
    return found or 0


@transaction.atomic
def turn_links(*, case_id: int, actor: User) -> None:
    """Make every link to a case that was sent worthless; raises NotAllowed or AlreadyMerged."""
    case = locked(case_id, actor)
    row, _made = CaseLinks.objects.get_or_create(case=case)
    CaseLinks.objects.filter(pk=row.pk).update(serial=F("serial") + 1)
