"""Questions behind the scenes, expected times, and return-visit campaigns."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.models import Team
from apps.api.serializers.base import Line, Moment, NamedField, Prose, Strict
from apps.api.serializers.customers import IdentityField
from apps.promises.domain import MOST
from apps.promises.models import Campaign, Estimate, Inquiry

NAME, TEXT, OUTCOMES = 200, 20_000, 50
LARGEST_KEY = 2**63 - 1
FURTHEST = timedelta(days=36_525)


class Ahead(Moment):
    """A time that may be promised: no further away than a hundred years."""

    default_error_messages = {
        "too_far": _("That time is too far away. Choose one within the next hundred years."),
    }

    def enforce_timezone(self, value: datetime) -> datetime:
        moment = super().enforce_timezone(value)
        if moment > timezone.now() + FURTHEST:
            self.fail("too_far")
        return moment


class InquiryIn(Strict):
    name = Line(max_length=NAME, help_text="Who is asked: a crew, a department, a partner.")
    question = Prose(max_length=TEXT)
    due_at = Ahead()
    address = serializers.EmailField(
        max_length=320,
        required=False,
        allow_blank=True,
        help_text="They get the question with a link to answer it; nobody is written to without.",
    )
    waits = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_KEY,
        required=False,
        allow_null=True,
        help_text="The id of the promise to the customer that needs the answer.",
    )


class AnswerIn(Strict):
    """What somebody answered who was asked by phone or in person."""

    answer = Prose(max_length=TEXT)
    by = Line(max_length=NAME, required=False, help_text="Who said it; who was asked unless given.")
    restored_at = Ahead(
        required=False,
        allow_null=True,
        help_text="When they expect it to work again: the customer is told.",
    )


class InquiryOut(serializers.ModelSerializer[Inquiry]):
    """``promise`` says when the answer is due, ``waits`` which promise needs it, ``too_late`` that
    it is due only after that.
    """

    due_at = Moment(source="promise.deadline", read_only=True)
    state = serializers.CharField(source="promise.state", read_only=True)
    too_late = serializers.BooleanField(source="comes_too_late", read_only=True)
    answered_at = Moment(allow_null=True)

    class Meta:
        model = Inquiry
        fields = (
            "id",
            "promise",
            "waits",
            "name",
            "address",
            "question",
            "due_at",
            "state",
            "too_late",
            "answered_at",
            "answered_by",
            "answer",
        )
        read_only_fields = fields


class EstimateIn(Strict):
    restored_at = Ahead()


class EstimateOut(serializers.ModelSerializer[Estimate]):
    """``told``: a message is on its way to the customer. ``actor`` is empty for an inquiry's."""

    restored_at = Moment()
    at = Moment()
    actor = serializers.CharField(source="actor.username", read_only=True, allow_null=True)

    class Meta:
        model = Estimate
        fields = ("id", "restored_at", "at", "actor", "inquiry", "told")
        read_only_fields = fields


class CampaignIn(Strict):
    """Whoever is named twice is called once."""

    name = Line(max_length=NAME)
    team = NamedField(slug_field="name", queryset=Team.objects.all())
    due_at = Ahead()
    script = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    outcomes = serializers.ListField(child=Line(max_length=NAME), min_length=1, max_length=OUTCOMES)
    customers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_KEY),
        required=False,
        max_length=MOST,
    )
    identities = serializers.ListField(
        child=IdentityField(max_length=340), required=False, max_length=MOST
    )


class CampaignOut(serializers.ModelSerializer[Campaign]):
    team = serializers.CharField(source="team.name", read_only=True)
    outcomes = serializers.SerializerMethodField()
    due_at = Moment()
    made_by = serializers.CharField(source="made_by.username", read_only=True, allow_null=True)
    made_at = Moment()
    ended_at = Moment(allow_null=True)

    class Meta:
        model = Campaign
        fields = (
            "id",
            "name",
            "team",
            "script",
            "outcomes",
            "due_at",
            "made_by",
            "made_at",
            "ended_at",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_outcomes(self, campaign: Campaign) -> list[str]:
        return campaign.answers


class EndIn(Strict):
    """Nothing to say."""


class ReportOut(serializers.Serializer[Any]):
    """``outcomes`` counts each of the campaign's outcomes, ``without_outcome`` the visits that were
    made without one; ``dropped`` are made by nobody any more, ``left`` waits to be called.
    """

    total = serializers.IntegerField()
    done = serializers.IntegerField()
    late = serializers.IntegerField()
    not_reached = serializers.IntegerField()
    dropped = serializers.IntegerField()
    left = serializers.IntegerField()
    without_outcome = serializers.IntegerField()
    outcomes = serializers.DictField(child=serializers.IntegerField())
