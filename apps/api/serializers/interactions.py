"""What was said in a case, and how far our own part of it got."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.rules import leads
from apps.api.serializers.base import Line, Moment, Prose, Strict
from apps.api.serializers.cases import SUBJECT, TEXT
from apps.cases.enums import Channel, Direction, Visibility
from apps.cases.models import Attachment, Interaction
from apps.channels.models import Delivery

MAX_RECIPIENTS = 100


class AttachmentOut(serializers.ModelSerializer[Attachment]):
    url = serializers.SerializerMethodField()

    class Meta:
        model = Attachment
        fields = ("id", "name", "content_type", "size", "url")
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, attachment: Attachment) -> str:
        path = reverse("api:attachment", args=[attachment.pk])
        return str(self.context["request"].build_absolute_uri(path))


class DeliveryOut(serializers.ModelSerializer[Delivery]):
    next_attempt_at = Moment(allow_null=True)

    class Meta:
        model = Delivery
        fields = ("state", "attempts", "next_attempt_at", "detail")
        read_only_fields = fields


class PartyOut(serializers.Serializer[Any]):
    """Somebody outside: ``identity`` as kind:value."""

    identity = serializers.CharField()
    name = serializers.CharField()


class InteractionOut(serializers.ModelSerializer[Interaction]):
    """``author`` is the colleague who wrote it, null for what the customer said."""

    case = serializers.CharField(source="case.number")
    author = serializers.CharField(source="author.username", read_only=True, allow_null=True)
    sender = serializers.SerializerMethodField()
    to = serializers.SerializerMethodField()
    cc = serializers.SerializerMethodField()
    reply_to = serializers.SerializerMethodField()
    attachments = AttachmentOut(many=True)
    delivery = serializers.SerializerMethodField()
    raw_url = serializers.SerializerMethodField()
    occurred_at = Moment()
    received_at = Moment()

    class Meta:
        model = Interaction
        fields = (
            "id",
            "case",
            "channel",
            "direction",
            "visibility",
            "author",
            "sender",
            "to",
            "cc",
            "reply_to",
            "subject",
            "text",
            "text_folded",
            "html",
            "attachments",
            "occurred_at",
            "received_at",
            "delivery",
            "raw_url",
        )
        read_only_fields = fields

    @extend_schema_field(PartyOut(allow_null=True))
    def get_sender(self, interaction: Interaction) -> dict[str, str] | None:
        if not interaction.sender_value:
            return None
        identity = f"{interaction.sender_kind}:{interaction.sender_value}"
        return {"identity": identity, "name": interaction.sender_name}

    @extend_schema_field(PartyOut(many=True))
    def get_to(self, interaction: Interaction) -> list[dict[str, str]]:
        return [_party(party) for party in interaction.recipients]

    @extend_schema_field(PartyOut(many=True))
    def get_cc(self, interaction: Interaction) -> list[dict[str, str]]:
        return [_party(party) for party in interaction.copies]

    @extend_schema_field(PartyOut(many=True))
    def get_reply_to(self, interaction: Interaction) -> list[dict[str, str]]:
        """Where the sender wants answers, where that is not the sender's own address."""
        return [_party(party) for party in interaction.reply_to]

    @extend_schema_field(DeliveryOut(allow_null=True))
    def get_delivery(self, interaction: Interaction) -> dict[str, Any] | None:
        delivery = getattr(interaction, "delivery", None)
        return DeliveryOut(delivery).data if delivery else None

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_raw_url(self, interaction: Interaction) -> str | None:
        """Where it lies as it arrived, for leads of the account's team."""
        inbound = getattr(interaction, "inbound", None)
        if inbound is None or not leads(self.context["request"].user, inbound.account.team_id):
            return None
        path = reverse("api:raw", args=[inbound.pk])
        return str(self.context["request"].build_absolute_uri(path))


def _party(party: dict[str, str]) -> dict[str, str]:
    identity = f"{party.get('kind', '')}:{party.get('value', '')}"
    return {"identity": identity, "name": party.get("name", "")}


class InteractionIn(Strict):
    """Outbound on a channel that can send is queued at once; all else is put on record."""

    channel = serializers.ChoiceField(Channel.choices)
    direction = serializers.ChoiceField(Direction.choices)
    visibility = serializers.ChoiceField(
        Visibility.choices,
        required=False,
        help_text="public unless given; internal for the channel internal.",
    )
    body = Prose(max_length=TEXT)
    to = serializers.ListField(
        child=serializers.CharField(max_length=320),
        required=False,
        min_length=1,
        max_length=MAX_RECIPIENTS,
        help_text="Addresses; the customer's own unless given.",
    )
    cc = serializers.ListField(
        child=serializers.CharField(max_length=320), required=False, max_length=MAX_RECIPIENTS
    )
    subject = Line(max_length=SUBJECT, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        note = attrs["channel"] == Channel.INTERNAL
        default = Visibility.INTERNAL if note else Visibility.PUBLIC
        attrs.setdefault("visibility", default)
        if note and attrs["visibility"] == Visibility.PUBLIC:
            raise serializers.ValidationError(
                {"visibility": [_("What is said on the channel “internal” stays internal.")]}
            )
        if attrs["visibility"] == Visibility.INTERNAL and (attrs.get("to") or attrs.get("cc")):
            raise serializers.ValidationError({"to": [_("A note goes to nobody outside.")]})
        return attrs
