from __future__ import annotations

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.filters import NotificationFilter
from apps.api.serializers.notifications import NotificationOut, ReadAllIn, ReadAllOut, ReadIn
from apps.api.views.base import ApiViewSet
from apps.notifications.domain import mark_all_read, mark_read
from apps.notifications.models import Notification, NotificationQuerySet


class NotificationViewSet(ApiViewSet):
    """What the person themselves was told, the newest first."""

    queryset = Notification.objects.none()
    serializer_class = NotificationOut
    filterset_class = NotificationFilter
    lookup_value_converter = "int"
    orderings = {"at": "at"}
    default_ordering = "-at"

    def get_queryset(self) -> NotificationQuerySet:
        return Notification.objects.visible_to(self.actor)

    def list(self, request: Request) -> Response:
        """What you were told of your cases, the newest first."""
        found = self.filter_queryset(self.get_queryset()).select_related("case", "actor")
        page = self.paginate_queryset(found)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=ReadIn)
    @action(detail=True, methods=["post"], url_path="read")
    def read_one(self, request: Request, pk: int) -> Response:
        """Mark a line as read."""
        self.read(ReadIn)
        try:
            found = mark_read(user=self.actor, notification_id=pk)
        except Notification.DoesNotExist as error:
            raise Http404 from error
        return Response(self.get_serializer(found).data)

    @extend_schema(
        operation_id="notifications_read_all",
        request=ReadAllIn,
        responses=ReadAllOut,
        filters=False,
    )
    @action(detail=False, methods=["post"], url_path="read")
    def read_all(self, request: Request) -> Response:
        """Mark everything as read, or all up to a moment."""
        fields = self.read(ReadAllIn)
        return Response({"marked": mark_all_read(user=self.actor, until=fields.get("until"))})
