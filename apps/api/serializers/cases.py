"""Cases, and what can be done with them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.models import Team, User
from apps.api.serializers.base import GivenTime, Line, Moment, NamedField, Prose, Strict
from apps.api.serializers.customers import IdentityField, write_identities
from apps.api.serializers.promises import PromiseOut
from apps.cases.enums import Channel, Kind, Outcome, Priority
from apps.cases.linking import without_hidden
from apps.cases.models import Case, CaseEvent
from apps.customers.models import Customer

SUBJECT, TEXT = 500, 1_000_000
NEEDED_BY = (
    "When the customer needs it. Without an offset it is meant in the customer's time zone, or"
    " else the site's."
)
SAID = "Whether the customer said so; false when it is assumed."


class CaseCustomer(serializers.Serializer[Customer]):
    """The customer of a case; whoever reads the case may mostly read the identities.

    The context's ``masked_customers`` holds the keys of those who are masked all the same.
    """

    id = serializers.IntegerField()
    name = serializers.CharField()
    identities = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_identities(self, customer: Customer) -> list[str]:
        masked = customer.pk in self.context["masked_customers"]
        return write_identities(customer, masked=masked)


class CaseOut(serializers.ModelSerializer[Case]):
    number = serializers.CharField()
    customer = CaseCustomer()
    owner = serializers.CharField(source="owner.username", read_only=True, allow_null=True)
    team = serializers.CharField(source="team.name", read_only=True, allow_null=True)
    tags = serializers.SlugRelatedField[Any](slug_field="name", many=True, read_only=True)
    next_promise = serializers.SerializerMethodField()
    opened_at = Moment()
    first_reply_at = Moment(allow_null=True)
    resolved_at = Moment(allow_null=True)
    closed_at = Moment(allow_null=True)
    needed_by = Moment(allow_null=True)
    merged_into = serializers.SerializerMethodField()

    class Meta:
        model = Case
        fields = (
            "number",
            "subject",
            "kind",
            "status",
            "priority",
            "customer",
            "owner",
            "team",
            "tags",
            "need",
            "channel",
            "opened_at",
            "first_reply_at",
            "resolved_at",
            "closed_at",
            "needed_by",
            "needed_by_said",
            "next_promise",
            "merged_into",
        )
        read_only_fields = fields

    @extend_schema_field(PromiseOut(allow_null=True))
    def get_next_promise(self, case: Case) -> dict[str, Any] | None:
        """The promise that breaks first, of those whose clock runs."""
        promise = self.context["next_promises"].get(case.pk)
        return dict(PromiseOut(promise).data) if promise else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_merged_into(self, case: Case) -> str | None:
        """The case in which this one goes on, if the reader may know it."""
        readable = case.merged_into_id in self.context["readable_cases"]
        return case.merged_number if readable else None


class CaseIn(Strict):
    """A new case: give either ``customer`` or ``identity``; a new identity makes a customer."""

    customer = serializers.IntegerField(required=False, min_value=1)
    identity = IdentityField(
        required=False, max_length=340, help_text="kind:value, for example email:ana@example.org."
    )
    kind = serializers.ChoiceField(Kind.choices, default=Kind.HELP)
    channel = serializers.ChoiceField(Channel.choices)
    subject = Line(max_length=SUBJECT)
    body = Prose(max_length=TEXT)
    team = NamedField(
        slug_field="name",
        queryset=Team.objects.all(),
        required=False,
        allow_null=True,
        help_text="Your own team unless given; null for none.",
    )
    needed_by = GivenTime(required=False, allow_null=True, help_text=NEEDED_BY)
    needed_by_said = serializers.BooleanField(required=False, help_text=SAID)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("customer" in attrs) == ("identity" in attrs):
            raise serializers.ValidationError(
                {"customer": [_("Give either “customer” or “identity”.")]}
            )
        return attrs


class CasePatch(Strict):
    subject = Line(max_length=SUBJECT, required=False, allow_blank=True)
    kind = serializers.ChoiceField(Kind.choices, required=False)
    priority = serializers.ChoiceField(Priority.choices, required=False)
    need = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    tags = serializers.ListField(
        child=Line(max_length=50),
        required=False,
        max_length=50,
        help_text="The whole new list.",
    )
    needed_by = GivenTime(required=False, allow_null=True, help_text=NEEDED_BY)
    needed_by_said = serializers.BooleanField(required=False, help_text=SAID)


class AssignIn(Strict):
    """Give a case away: ``owner`` null puts it back into the queue.

    Absent keeps the owner, as long as they are in the team.
    """

    owner = NamedField(
        slug_field="username",
        queryset=User.objects.filter(is_active=True),
        required=False,
        allow_null=True,
    )
    team = NamedField(slug_field="name", queryset=Team.objects.all(), required=False)
    note = serializers.CharField(
        max_length=5000,
        required=False,
        allow_blank=True,
        help_text="For whoever gets the case; stands in it as an internal note.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.keys() & {"owner", "team"}:
            raise serializers.ValidationError({"owner": [_("Give “owner”, “team” or both.")]})
        return attrs


class ResolveIn(Strict):
    """Nothing to say."""


class CloseIn(Strict):
    outcome = serializers.ChoiceField(Outcome.choices, default=Outcome.AGREED)


class ReopenIn(Strict):
    why = serializers.CharField(max_length=500, default="", allow_blank=True)


class MergeIn(Strict):
    """``tell`` lets the customer know the new number."""

    into = Line(max_length=20, help_text="The number of the case in which this one goes on.")
    tell = serializers.BooleanField(default=True)
    seat_customer = serializers.BooleanField(
        default=False,
        help_text="Where it is another customer's case: this one's customer takes part in it.",
    )


class UnmergeIn(Strict):
    """Nothing to say."""


class SplitIn(Strict):
    interactions = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        min_length=1,
        max_length=1000,
        help_text="What moves into the new case.",
    )
    subject = Line(max_length=SUBJECT, default="", allow_blank=True)


class EventOut(serializers.ModelSerializer[CaseEvent]):
    at = Moment()
    actor = serializers.CharField(source="actor.username", read_only=True, allow_null=True)

    class Meta:
        model = CaseEvent
        fields = ("id", "kind", "at", "actor", "data")
        read_only_fields = fields

    def to_representation(self, instance: CaseEvent) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        shown["data"] = without_hidden(shown["data"], self.context["readable_numbers"])
        return shown
