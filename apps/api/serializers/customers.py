"""Customers: ``identities`` are written ``kind:value``, masked for whoever may not read them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.models import validate_timezone
from apps.api.serializers.base import Line, Moment, Strict
from apps.api.serializers.preferences import PreferenceIn, PreferenceOut
from apps.customers import identities, wishes
from apps.customers.enums import Tier
from apps.customers.models import Customer

NAME, FORM, ZONE, ABOUT = 200, 100, 64, 20_000


def write_identities(customer: Customer, *, masked: bool) -> list[str]:
    """All identities of a customer whose identities were fetched with it."""
    return [
        f"{one.kind}:{identities.mask(one.kind, one.value) if masked else one.value}"
        for one in customer.identities.all()
    ]


class IdentityField(serializers.CharField):
    """``kind:value`` in, the normal form as a pair out."""

    def to_internal_value(self, data: Any) -> tuple[str, str]:  # type: ignore[override]
        return identities.parse(super().to_internal_value(data))


class CustomerIn(Strict):
    name = Line(max_length=NAME, required=False, allow_blank=True)
    form_of_address = Line(max_length=FORM, required=False, allow_blank=True)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False, allow_blank=True)
    timezone = serializers.CharField(
        max_length=ZONE,
        required=False,
        allow_blank=True,
        validators=[validate_timezone],
        help_text="A name of the IANA time zone database.",
    )
    organisation = Line(max_length=NAME, required=False, allow_blank=True)
    about = serializers.CharField(max_length=ABOUT, required=False, allow_blank=True)
    tier = serializers.ChoiceField(Tier.choices, required=False)
    identities = serializers.ListField(
        child=IdentityField(max_length=340),
        required=False,
        max_length=50,
        help_text="Each as kind:value; in a patch the whole new list.",
    )
    preferences = serializers.ListField(
        child=PreferenceIn(),
        required=False,
        max_length=50,
        help_text="In a patch the whole new list: what is not in it is retired.",
    )


class CustomerMergeIn(Strict):
    into = serializers.IntegerField(
        min_value=1, help_text="The id of the customer as whom this one goes on."
    )


class CustomerUnmergeIn(Strict):
    """Nothing to say."""


class CustomerOut(serializers.ModelSerializer[Customer]):
    """Identities are masked, and preferences kept back, unless the context's ``open_customers``
    holds the customer.
    """

    language = serializers.CharField(read_only=True, help_text="en, zh-hans, or empty.")
    organisation = serializers.CharField(source="organisation.name", default="", read_only=True)
    identities = serializers.SerializerMethodField()
    preferences = serializers.SerializerMethodField()
    created_at = Moment()

    class Meta:
        model = Customer
        fields = (
            "id",
            "name",
            "form_of_address",
            "language",
            "timezone",
            "organisation",
            "about",
            "tier",
            "identities",
            "preferences",
            "created_at",
            "merged_into",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_identities(self, customer: Customer) -> list[str]:
        masked = customer.pk not in self.context["open_customers"]
        return write_identities(customer, masked=masked)

    @extend_schema_field(PreferenceOut(many=True))
    def get_preferences(self, customer: Customer) -> Any:
        if customer.pk not in self.context["open_customers"]:
            return []
        return PreferenceOut(wishes.load(customer), many=True).data
