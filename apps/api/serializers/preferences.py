"""What is remembered of customers."""

from __future__ import annotations

from rest_framework import serializers

from apps.api.serializers.base import Line, Moment, Strict
from apps.customers.domain.remembering import MAX_TEXT, MAX_WHY
from apps.customers.enums import PreferenceKind
from apps.customers.models import Preference


class PreferenceIn(Strict):
    kind = serializers.ChoiceField(PreferenceKind.choices)
    value = Line(
        max_length=200,
        required=False,
        allow_blank=True,
        help_text=(
            "quiet_hours: times of day in the customer's zone, with days if it is not every day, "
            "such as 21:00-09:00 or Mon-Fri 12:30-14:00; channel: one of the channels; "
            "language: en or zh-hans; else empty."
        ),
    )
    text = Line(
        max_length=MAX_TEXT,
        required=False,
        allow_blank=True,
        help_text="As it was said; of kind other the whole of it.",
    )
    source = serializers.IntegerField(  # type: ignore[assignment]  # a name of the framework's
        min_value=1,
        max_value=2**63 - 1,
        required=False,
        allow_null=True,
        help_text="The id of the interaction in which it was said.",
    )


class RetireIn(Strict):
    why = Line(max_length=MAX_WHY, required=False, allow_blank=True)


class ConfirmIn(Strict):
    """Nothing to say."""


class PreferenceOut(serializers.ModelSerializer[Preference]):
    kind = serializers.CharField(read_only=True)
    source = serializers.IntegerField(  # type: ignore[assignment]  # a name of the framework's
        read_only=True, allow_null=True
    )
    noted_by = serializers.CharField(source="noted_by.username", default="", read_only=True)
    noted_at = Moment(read_only=True)
    confirmed_at = Moment(read_only=True, allow_null=True)
    retired_at = Moment(read_only=True, allow_null=True)

    class Meta:
        model = Preference
        fields = (
            "id",
            "customer",
            "kind",
            "value",
            "text",
            "source",
            "noted_by",
            "noted_at",
            "confirmed_at",
            "retired_at",
        )
        read_only_fields = fields
