"""The person themselves: whether they are there, when they are not, and what they are told of."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.enums import Presence
from apps.accounts.models import Absence, User
from apps.api.serializers.base import Line, Moment, Strict
from apps.notifications.enums import Kind, Place, Rhythm

REASON = 100


class MeOut(serializers.ModelSerializer[User]):
    """``presence`` as it holds now; wrapping up ends by itself at ``presence_until``."""

    name = serializers.CharField(read_only=True)
    language = serializers.CharField(read_only=True, help_text="en, zh-hans, or empty.")
    presence = serializers.ChoiceField(Presence.choices)
    presence_until = Moment(allow_null=True)
    teams = serializers.ListField(child=serializers.CharField(), help_text="Names.")

    class Meta:
        model = User
        fields = (
            "username",
            "name",
            "language",
            "timezone",
            "working_hours",
            "capacity",
            "teams",
            "presence",
            "presence_until",
        )
        read_only_fields = fields


class MePatch(Strict):
    presence = serializers.ChoiceField(Presence.choices)


class AbsenceOut(serializers.ModelSerializer[Absence]):
    begins_at = Moment()
    ends_at = Moment()

    class Meta:
        model = Absence
        fields = ("id", "begins_at", "ends_at", "reason")
        read_only_fields = fields


class AbsenceIn(Strict):
    begins_at = Moment()
    ends_at = Moment()
    reason = Line(max_length=REASON, required=False, allow_blank=True)


class MuteField(Strict):
    """One kind in one place."""

    place = serializers.ChoiceField(Place.choices)
    kind = serializers.ChoiceField(Kind.choices)


@extend_schema_field({"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9]$"})
class Clock(serializers.TimeField):
    """A time of day without a zone, as ``09:00``; the format “time” of OpenAPI has one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **kwargs)


class WishOut(serializers.Serializer[Any]):
    """How you are told. ``muted`` are the kinds that you do not want somewhere."""

    mail = serializers.ChoiceField(Rhythm.choices)
    mail_at = Clock(help_text="In your own time zone.")
    desktop_words = serializers.BooleanField()
    desktop_quiet = serializers.BooleanField()
    muted = MuteField(many=True)


class WishPatch(Strict):
    """What is not named stays; ``muted`` is the whole new list."""

    mail = serializers.ChoiceField(Rhythm.choices, required=False)
    mail_at = Clock(required=False)
    desktop_words = serializers.BooleanField(required=False)
    desktop_quiet = serializers.BooleanField(required=False)
    muted = MuteField(many=True, required=False)
