from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.serializers.canned import CannedReplyIn, CannedReplyOut, CannedReplyPatch
from apps.api.views.base import ApiViewSet
from apps.cases.domain import CannedTexts, delete_canned, save_canned
from apps.cases.models import CannedReply
from apps.cases.models.canned import CannedReplyQuerySet
from apps.cases.placeholders import CHINESE, ENGLISH


class CannedReplyViewSet(ApiViewSet):
    """Canned replies that the person may use; their own and those of teams that they lead they
    change as well.
    """

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

    @extend_schema(request=CannedReplyIn, responses={201: CannedReplyOut})
    def create(self, request: Request) -> Response:
        """Keep a new reply: for yourself, for a team that you lead, or for everybody."""
        return self._save(CannedReply(owner=self.actor), self.read(CannedReplyIn), status=201)

    @extend_schema(request=CannedReplyPatch)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change what is given; the rest stays."""
        return self._save(self.get_object(), self.read(CannedReplyPatch))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """Forget a reply."""
        try:
            delete_canned(actor=self.actor, reply_id=pk)
        except CannedReply.DoesNotExist as error:
            raise Http404 from error
        return Response(status=204)

    def _save(self, reply: CannedReply, given: dict[str, Any], *, status: int = 200) -> Response:
        texts = given.get("texts", {})
        said = CannedTexts(
            given.get("name", reply.name),
            texts.get(ENGLISH, reply.text_en),
            texts.get(CHINESE, reply.text_zh),
        )
        team = given.get("team", reply.team)
        owned = bool(reply.owner_id) and team is None
        saved = save_canned(
            actor=self.actor,
            texts=said,
            reply_id=reply.pk,
            team=team,
            personal=given.get("personal", owned),
        )
        return Response(self.get_serializer(saved).data, status=status)
