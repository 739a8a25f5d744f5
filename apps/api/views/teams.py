from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.domain import set_assignment_rule
from apps.accounts.models import Team
from apps.accounts.models.people import TeamQuerySet
from apps.api.serializers.teams import TeamOut, TeamPatch
from apps.api.views.base import ApiViewSet


class TeamViewSet(ApiViewSet):
    """Teams of the person, and to whom their rules give cases."""

    queryset = Team.objects.none()
    serializer_class = TeamOut
    orderings = {"id": "pk", "name": "name"}
    lookup_value_converter = "int"

    def get_queryset(self) -> TeamQuerySet:
        return Team.objects.visible_to(self.actor)

    def list(self, request: Request) -> Response:
        """Your own teams."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(TeamOut(page, many=True).data)

    def retrieve(self, request: Request, pk: int) -> Response:
        """One team, with its rule for cases without an owner."""
        return Response(TeamOut(self.get_object()).data)

    @extend_schema(request=TeamPatch)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Say to whom the team's cases go that have no owner; for administrators."""
        team, fields = self.get_object(), self.read(TeamPatch)
        changed = set_assignment_rule(
            team_id=team.pk,
            actor=self.actor,
            rule=fields.get("assignment_rule"),
            fallback=fields.get("assignment_fallback"),
        )
        return Response(TeamOut(changed).data)
