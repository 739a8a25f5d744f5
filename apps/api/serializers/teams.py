"""Teams, as far as programs may know and change them."""

from __future__ import annotations

from rest_framework import serializers

from apps.accounts.enums import AssignmentRule
from apps.accounts.models import Team
from apps.api.serializers.base import Strict

SECOND = [value for value in AssignmentRule.values if value != AssignmentRule.KNOWS_CUSTOMER]


class TeamOut(serializers.ModelSerializer[Team]):
    """``assignment_fallback`` is asked by the rule ``knows_customer`` alone."""

    class Meta:
        model = Team
        fields = ("id", "name", "assignment_rule", "assignment_fallback")
        read_only_fields = fields


class TeamPatch(Strict):
    assignment_rule = serializers.ChoiceField(AssignmentRule.values, required=False)
    assignment_fallback = serializers.ChoiceField(SECOND, required=False)
