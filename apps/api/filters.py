"""What may narrow a list; a value that cannot be meant is refused by name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django_filters.fields import IsoDateTimeField
from django_filters.filters import (
    BooleanFilter,
    CharFilter,
    IsoDateTimeFilter,
    MultipleChoiceFilter,
)
from django_filters.filterset import FilterSet

from apps.accounts.models import Team, User
from apps.cases.customers import customers_matching
from apps.cases.enums import Channel, Kind, Status
from apps.cases.models import Case, Tag
from apps.cases.models.case import full_number
from apps.customers import identities
from apps.customers.finding import by_address, readable
from apps.customers.models import Customer, Identity
from apps.notifications.models import Notification
from apps.promises.enums import State
from apps.promises.models import Promise
from apps.search.domain import case_ids

if TYPE_CHECKING:
    from apps.cases.models.case import CaseQuerySet
    from apps.customers.models import CustomerQuerySet
    from apps.promises.models.promise import PromiseQuerySet

NOBODY, ME = "none", "me"


class CaseFilter(FilterSet):
    """``owner`` takes a username, ``me`` or ``none``; ``team`` a name or ``none``."""

    q = CharFilter(
        method="search",
        label="Words and filters as in the search box of the desk, a case's number (47 or "
        "CC-000047), a customer's address or part of a phone number.",
    )
    status = MultipleChoiceFilter(choices=Status.choices)
    kind = MultipleChoiceFilter(choices=Kind.choices)
    channel = MultipleChoiceFilter(choices=Channel.choices)
    owner = CharFilter(method="of_owner", label="Username, “me” or “none”.")
    team = CharFilter(method="of_team", label="Name of a team, or “none”.")
    tag = CharFilter(method="with_tag", label="Name of a tag.")

    class Meta:
        model = Case
        fields = ("q", "status", "kind", "channel", "owner", "team", "tag")

    def search(self, cases: CaseQuerySet, _name: str, value: str) -> CaseQuerySet:
        """As the box of the desk: words and filters, a case's number, a customer's address."""
        user = self.request.user
        found = case_ids(user, value)
        numbered = Case.objects.by_number(full_number(value)).values("pk")
        theirs = Customer.objects.filter(by_address(user, value)).values("pk")
        return cases.filter(Q(pk__in=found) | Q(pk__in=numbered) | Q(customer__in=theirs))

    def of_owner(self, cases: CaseQuerySet, _name: str, value: str) -> CaseQuerySet:
        if value == NOBODY:
            return cases.unassigned()
        if value == ME:
            return cases.of_owner(self.request.user)
        return cases.filter(owner__in=User.objects.filter(username=value))

    def of_team(self, cases: CaseQuerySet, _name: str, value: str) -> CaseQuerySet:
        if value == NOBODY:
            return cases.filter(team=None)
        return cases.filter(team__in=Team.objects.filter(name=value))

    def with_tag(self, cases: CaseQuerySet, _name: str, value: str) -> CaseQuerySet:
        return cases.filter(tags__in=Tag.objects.filter(name=value))


class CustomerFilter(FilterSet):
    """Addresses are sought only among customers whose addresses the person may read."""

    q = CharFilter(
        method="search",
        label="Part of a name, form of address or organisation, an id, a whole address, part of "
        "a phone number, or the number of a case (CC-000047).",
    )
    identity = CharFilter(method="known_as", label="kind:value")

    class Meta:
        model = Customer
        fields = ("q", "identity")

    def search(self, customers: CustomerQuerySet, _name: str, value: str) -> CustomerQuerySet:
        return customers.filter(customers_matching(self.request.user, value))

    def known_as(self, customers: CustomerQuerySet, name: str, value: str) -> CustomerQuerySet:
        try:
            kind, normal = identities.parse(value)
        except ValidationError as error:
            raise ValidationError({name: error.messages}) from error
        owners = Identity.objects.filter(kind=kind, value=normal).values("customer")
        return customers.filter(readable(self.request.user), pk__in=owners)


class MomentField(IsoDateTimeField):
    """A time with any offset, in UTC: PostgreSQL knows no offset beyond 16 hours."""

    def to_python(self, value: Any) -> datetime | None:
        given: datetime | None = super().to_python(value)
        try:
            return given and given.astimezone(UTC)
        except OverflowError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class MomentFilter(IsoDateTimeFilter):
    """Narrows by a moment."""

    field_class = MomentField


class PromiseFilter(FilterSet):
    """``owner`` takes a username, ``me`` or ``none``; ``owed`` tells what is not settled yet."""

    due_before = MomentFilter(  # type: ignore[no-untyped-call]
        field_name="due_at", lookup_expr="lt", label="A time; in UTC without an offset."
    )
    state = MultipleChoiceFilter(choices=State.choices)
    owner = CharFilter(method="of_owner", label="Username, “me” or “none”.")
    case = CharFilter(method="of_case", label="Number of a case.")
    owed = BooleanFilter(field_name="settled_at", lookup_expr="isnull")

    class Meta:
        model = Promise
        fields = ("due_before", "state", "owner", "case", "owed")

    def of_owner(self, promises: PromiseQuerySet, _name: str, value: str) -> PromiseQuerySet:
        if value == NOBODY:
            return promises.filter(owner=None)
        if value == ME:
            return promises.filter(owner=self.request.user)
        return promises.filter(owner__in=User.objects.filter(username=value))

    def of_case(self, promises: PromiseQuerySet, _name: str, value: str) -> PromiseQuerySet:
        return promises.filter(case__in=Case.objects.by_number(value))


class NotificationFilter(FilterSet):
    """``unread=true``: what was not read yet; ``false``: what was."""

    unread = BooleanFilter(field_name="read_at", lookup_expr="isnull")

    class Meta:
        model = Notification
        fields = ("unread",)
