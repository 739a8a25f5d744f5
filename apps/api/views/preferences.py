from __future__ import annotations

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.serializers.preferences import ConfirmIn, PreferenceOut, RetireIn
from apps.api.views.base import ApiViewSet
from apps.customers.domain import confirm_preference, retire_preference
from apps.customers.models import Customer, Preference


class PreferenceViewSet(ApiViewSet):
    """What is remembered of customers: listed and noted at the customer."""

    queryset = Preference.objects.none()
    serializer_class = PreferenceOut
    lookup_value_converter = "int"

    @extend_schema(request=ConfirmIn)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: int) -> Response:
        """Say that it still holds."""
        self.read(ConfirmIn)
        held = confirm_preference(preference_id=self._find(pk), actor=self.actor)
        return Response(PreferenceOut(held).data)

    @extend_schema(request=RetireIn)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: int) -> Response:
        """Say that it holds no longer; it stays on record and acts no more."""
        fields = self.read(RetireIn)
        held = retire_preference(preference_id=self._find(pk), actor=self.actor, **fields)
        return Response(PreferenceOut(held).data)

    def _find(self, pk: int) -> int:
        """The key of one that the person may change; else 404, as if it did not exist."""
        mine = Customer.objects.kept_by(self.actor).values("pk")
        if not Preference.objects.filter(pk=pk, customer__in=mine).exists():
            raise Http404
        return pk
