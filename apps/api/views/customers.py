from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.filters import CustomerFilter
from apps.api.serializers.customers import (
    CustomerIn,
    CustomerMergeIn,
    CustomerOut,
    CustomerUnmergeIn,
)
from apps.api.serializers.preferences import PreferenceIn, PreferenceOut
from apps.api.views.base import ApiViewSet
from apps.customers import wishes
from apps.customers.domain import (
    create_customer,
    merge_customer,
    note_preference,
    set_identities,
    set_preferences,
    unmerge_customer,
    update_customer,
)
from apps.customers.models import Customer, CustomerQuerySet


class CustomerViewSet(ApiViewSet):
    """Customers. Addresses are masked for whoever may see none of the customer's cases."""

    queryset = Customer.objects.none()
    serializer_class = CustomerOut
    filterset_class = CustomerFilter
    orderings = {"id": "pk", "name": "name", "created_at": "created_at"}
    lookup_value_converter = "int"

    def get_queryset(self) -> CustomerQuerySet:
        known = Customer.objects.visible_to(self.actor).with_identities()
        return known.prefetch_related(wishes.prefetch())

    def list(self, request: Request) -> Response:
        """Customers, found by words or by an address."""
        standing = self.filter_queryset(self.get_queryset().standing())
        page = self.paginate_queryset(standing) or []
        return self.get_paginated_response(self._show(page))

    def retrieve(self, request: Request, pk: int) -> Response:
        """One customer."""
        return Response(self._show([self.get_object()])[0])

    @extend_schema(request=CustomerIn, responses={201: CustomerOut})
    def create(self, request: Request) -> Response:
        """Create a customer with the addresses by which they are known."""
        fields = self.read(CustomerIn)
        preferences = fields.pop("preferences", [])
        with transaction.atomic():
            customer = create_customer(addresses=fields.pop("identities", []), **fields)
            self._note(customer.pk, preferences)
        return self._answer(customer.pk, status=201)

    @extend_schema(request=CustomerIn)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change what is given; the rest stays."""
        customer = self.get_object()
        if not self._open([customer]):
            raise PermissionDenied(_("You may see none of this customer's cases."))
        fields = self.read(CustomerIn)
        addresses = fields.pop("identities", None)
        preferences = fields.pop("preferences", None)
        with transaction.atomic():
            update_customer(customer_id=customer.pk, **fields)
            if addresses is not None:
                set_identities(customer_id=customer.pk, addresses=addresses)
            if preferences is not None:
                self._note(customer.pk, preferences)
        return self._answer(customer.pk)

    @extend_schema(methods=["get"], responses=PreferenceOut(many=True))
    @extend_schema(methods=["post"], request=PreferenceIn, responses={201: PreferenceOut})
    @action(detail=True, methods=["get", "post"], filterset_class=None, pagination_class=None)
    def preferences(self, request: Request, pk: int) -> Response:
        """What is remembered of a customer and holds, the oldest first; note one more."""
        customer = self.get_object()
        if not self._open([customer]):
            raise PermissionDenied(_("You may see none of this customer's cases."))
        if request.method == "POST":
            given = self.read(PreferenceIn)
            made = note_preference(customer_id=customer.pk, actor=self.actor, **given)
            return Response(PreferenceOut(made).data, status=201)
        return Response(PreferenceOut(wishes.load(customer), many=True).data)

    @extend_schema(request=CustomerMergeIn)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: int) -> Response:
        """Let this customer go on as another one, who is answered."""
        customer, fields = self.get_object(), self.read(CustomerMergeIn)
        into = self.get_queryset().filter(pk=fields["into"]).first()
        if into is None:
            raise ValidationError({"into": [_("You know no customer with this id.")]})
        merge_customer(customer_id=customer.pk, into_id=into.pk, actor=self.actor)
        return self._answer(into.pk)

    @extend_schema(request=CustomerUnmergeIn)
    @action(detail=True, methods=["post"])
    def unmerge(self, request: Request, pk: int) -> Response:
        """Take the merge of this customer back; 409 when that is not possible exactly."""
        customer = self.get_object()
        self.read(CustomerUnmergeIn)
        unmerge_customer(customer_id=customer.pk, actor=self.actor)
        return self._answer(customer.pk)

    def _note(self, pk: int, wanted: Sequence[dict[str, Any]]) -> None:
        """Let these be all that is remembered; what is wrong with one stands at the list."""
        try:
            set_preferences(customer_id=pk, actor=self.actor, wanted=wanted)
        except DjangoValidationError as error:
            raise ValidationError({"preferences": error.messages}) from error

    def _answer(self, pk: int, status: int = 200) -> Response:
        return Response(self._show([self.get_queryset().get(pk=pk)])[0], status=status)

    def _show(self, customers: Sequence[Customer]) -> Any:
        context = {**self.get_serializer_context(), "open_customers": self._open(customers)}
        return CustomerOut(customers, many=True, context=context).data

    def _open(self, customers: Sequence[Customer]) -> set[int]:
        """Which of these customers' addresses the person may read."""
        readable = Customer.objects.identities_visible_to(self.actor)
        pks = [customer.pk for customer in customers]
        return set(readable.filter(pk__in=pks).values_list("pk", flat=True))
