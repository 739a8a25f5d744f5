"""What became of raw input; the same members as the command ``receive`` prints."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.channels.enums import InboundState


class InboundOut(serializers.Serializer[Any]):
    stored = serializers.BooleanField()
    duplicate = serializers.BooleanField()
    inbound = serializers.IntegerField()
    case = serializers.CharField(allow_null=True)
    interaction = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(InboundState.choices)
