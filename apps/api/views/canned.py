from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.serializers.canned import CannedReplyOut
from apps.api.views.base import ApiViewSet
from apps.cases.models import CannedReply
from apps.cases.models.canned import CannedReplyQuerySet


class CannedReplyViewSet(ApiViewSet):
    """Canned replies that the person may use."""

    queryset = CannedReply.objects.none()
    serializer_class = CannedReplyOut
    orderings = {"id": "pk", "name": "name"}
    lookup_value_converter = "int"

    def get_queryset(self) -> CannedReplyQuerySet:
        return CannedReply.objects.visible_to(self.actor).select_related("team")

    def list(self, request: Request) -> Response:
        """Your own canned replies, your teams' and everybody's."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: int) -> Response:
        """One canned reply, with its placeholders."""
        return Response(self.get_serializer(self.get_object()).data)
