"""What a person was told."""

from __future__ import annotations

from rest_framework import serializers

from apps.api.serializers.base import Moment, Strict
from apps.notifications.enums import Kind
from apps.notifications.models import Notification


class NotificationOut(serializers.ModelSerializer[Notification]):
    """One line: ``count`` times since ``since``, last at ``at``. It holds no words of anybody."""

    case = serializers.CharField(source="case.number", read_only=True)
    kind = serializers.ChoiceField(choices=Kind.choices)
    actor = serializers.CharField(source="actor.username", read_only=True, allow_null=True)
    since = Moment()
    at = Moment()
    read_at = Moment(allow_null=True)

    class Meta:
        model = Notification
        fields = ("id", "case", "kind", "actor", "count", "since", "at", "read_at")
        read_only_fields = fields


class ReadIn(Strict):
    pass


class ReadAllIn(Strict):
    """``until``: lines that changed later stay unread."""

    until = Moment(required=False)


class ReadAllOut(serializers.Serializer[dict[str, int]]):
    marked = serializers.IntegerField(help_text="How many lines were unread.")
