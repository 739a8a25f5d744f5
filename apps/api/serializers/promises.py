"""Promises, and the attempts to reach the customer of a callback."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.models import User
from apps.api.serializers.base import GivenTime, Line, Moment, NamedField, Prose, Strict
from apps.cases.models import Case
from apps.promises.domain import Booked
from apps.promises.enums import Kind, Outcome
from apps.promises.errors import MOST_MINUTES, BadMinutes
from apps.promises.models import Attempt, Promise

REASON, TOLD = 500, 500
USUAL_MINUTES = 20
WHOLE = re.compile(r"[+-]?\d{1,18}(\.0*)?")


class AttemptOut(serializers.ModelSerializer[Attempt]):
    """``counted``: it used up one of the attempts that the policy allows."""

    at = Moment()
    actor = serializers.CharField(source="actor.username", read_only=True, allow_null=True)

    class Meta:
        model = Attempt
        fields = ("id", "at", "actor", "outcome", "note", "counted")
        read_only_fields = fields


class WarningOut(serializers.Serializer[Any]):
    """``proposal`` is the next moment that would do, where one is known."""

    code = serializers.CharField()
    text = serializers.CharField()
    proposal = Moment(allow_null=True)


class AttemptMadeOut(AttemptOut):
    """``warnings`` say what of it the customer had asked us not to do, and what speaks against
    the time that was agreed.
    """

    warnings = serializers.SerializerMethodField()

    class Meta:
        model = Attempt
        fields = (*AttemptOut.Meta.fields, "warnings")
        read_only_fields = fields

    @extend_schema_field(WarningOut(many=True))
    def get_warnings(self, _attempt: Attempt) -> Any:
        return WarningOut(self.context.get("warnings", ()), many=True).data


class PromiseOut(serializers.ModelSerializer[Promise]):
    """``warnings`` say what speaks against the time; lists leave them empty.

    The context's ``warnings`` holds them by the key of their promise.
    """

    case = serializers.SerializerMethodField()
    owner = serializers.CharField(source="owner.username", read_only=True, allow_null=True)
    due_at = Moment()
    window_end = Moment(allow_null=True)
    broken_at = Moment(allow_null=True)
    settled_at = Moment(allow_null=True)
    attempts = AttemptOut(many=True)
    warnings = serializers.SerializerMethodField()

    class Meta:
        model = Promise
        fields = (
            "id",
            "case",
            "kind",
            "text",
            "owner",
            "due_at",
            "window_end",
            "timezone",
            "state",
            "broken_at",
            "settled_at",
            "attempts",
            "warnings",
        )
        read_only_fields = fields

    def get_case(self, promise: Promise) -> str:
        return Case(pk=promise.case_id).number

    @extend_schema_field(WarningOut(many=True))
    def get_warnings(self, promise: Promise) -> Any:
        return WarningOut(self.context.get("warnings", {}).get(promise.pk, []), many=True).data


class PromiseMadeOut(PromiseOut):
    """``place_in_line`` (from 1) and ``after_opening`` are there for a callback that was asked for
    as soon as possible: how many calls come before it, and whether nobody answers before
    ``due_at``. Of calls for the same time those come first whose first contact is longer ago.
    """

    place_in_line = serializers.SerializerMethodField(required=False)
    after_opening = serializers.SerializerMethodField(required=False)

    class Meta:
        model = Promise
        fields = (*PromiseOut.Meta.fields, "place_in_line", "after_opening")
        read_only_fields = fields

    def get_place_in_line(self, _promise: Promise) -> int:
        return self._booked.place

    def get_after_opening(self, _promise: Promise) -> bool:
        return self._booked.after_opening

    @property
    def _booked(self) -> Booked:
        booked: Booked = self.context["booked"]
        return booked


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": MOST_MINUTES})
class Minutes(serializers.Field[int, Any, int, Any]):
    """A whole number of minutes; what is none is refused with a proposal."""

    def to_internal_value(self, data: Any) -> int:
        text = str(data).strip()
        if isinstance(data, float) and data.is_integer():
            text = f"{data:.0f}"
        if isinstance(data, bool) or not WHOLE.fullmatch(text):
            raise BadMinutes(self._nearest(data))
        minutes = int(text.partition(".")[0])
        if not 1 <= minutes <= MOST_MINUTES:
            raise BadMinutes(min(max(minutes, 1), MOST_MINUTES))
        return minutes

    @staticmethod
    def _nearest(data: Any) -> int:
        try:
            return min(max(round(float(data)), 1), MOST_MINUTES)
        except (TypeError, ValueError):
            return USUAL_MINUTES
        except OverflowError:
            return MOST_MINUTES


class TimesIn(Strict):
    """When: ``due_at`` or ``in_minutes``."""

    due_at = GivenTime(
        required=False,
        help_text="Without an offset it is meant in the promise's time zone.",
    )
    in_minutes = Minutes(required=False, help_text="Instead of due_at: so many minutes from now.")
    window_end = GivenTime(
        required=False,
        allow_null=True,
        help_text="The end of the window that begins at due_at.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("due_at" in attrs) == ("in_minutes" in attrs):
            raise serializers.ValidationError(
                {"due_at": [_("Give either “due_at” or “in_minutes”.")]}
            )
        return attrs


class PromiseIn(TimesIn):
    """A new promise: when is ``due_at`` or ``in_minutes``, or, of a callback,
    ``as_soon_as_possible``.
    """

    as_soon_as_possible = serializers.BooleanField(
        default=False,
        help_text=(
            "Instead of a time, for the kind callback: the first time at which the team has room;"
            " the answer says when that is, and the place in line."
        ),
    )

    case = Line(max_length=20, help_text="The number of the case in which it is given.")
    kind = Line(max_length=30)
    text = serializers.CharField(
        max_length=TOLD, default="", allow_blank=True, help_text="As the customer was told."
    )
    timezone = Line(
        max_length=64,
        required=False,
        help_text="The customer's IANA zone; theirs, or else the site's, unless given.",
    )
    owner = NamedField(
        slug_field="username",
        queryset=User.objects.filter(is_active=True),
        required=False,
        help_text="Who keeps it; the case's owner, or else you, unless given.",
    )
    address = Line(
        max_length=320,
        required=False,
        help_text="The number that is called; the customer's own unless given.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["as_soon_as_possible"]:
            return super().validate(attrs)
        name, problem = "as_soon_as_possible", ""
        if attrs["kind"] != Kind.CALLBACK:
            problem = _("Only a callback can be promised as soon as possible.")
        elif attrs.keys() & {"due_at", "in_minutes", "window_end"}:
            problem = _("“As soon as possible” takes no time beside it.")
        if problem:
            raise serializers.ValidationError({name: [problem]})
        return attrs


class KeepIn(Strict):
    """Nothing to say."""


class RenegotiateIn(TimesIn):
    """Another time that the customer agreed to; ``consent`` says how they did."""

    text = serializers.CharField(max_length=TOLD, default="", allow_blank=True)
    consent = Prose(max_length=REASON)


class WithdrawIn(Strict):
    reason = Prose(max_length=REASON)


class AttemptIn(TimesIn):
    """``due_at``, ``in_minutes`` and ``window_end`` go with the outcome reached_new_time alone."""

    outcome = serializers.ChoiceField(Outcome.choices)
    note = serializers.CharField(max_length=5000, default="", allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        times = sorted(attrs.keys() & {"due_at", "in_minutes", "window_end"})
        if attrs["outcome"] == Outcome.REACHED_NEW_TIME:
            return super().validate(attrs)
        if times:
            sentence = _("A time goes with the outcome “reached_new_time” alone.")
            raise serializers.ValidationError({name: [sentence] for name in times})
        return attrs
