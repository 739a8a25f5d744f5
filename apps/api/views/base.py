"""What all views share: who is asking, and the shape of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from rest_framework.generics import GenericAPIView
from rest_framework.viewsets import GenericViewSet

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request

    from apps.accounts.models import User


class ApiView(GenericAPIView[Any]):
    """A view of somebody who works here."""

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Let a body that came in chunks be read: the framework takes no length for no body."""
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", ""):
            request.META.setdefault("CONTENT_LENGTH", str(settings.API_MAX_JSON_BYTES))
        return super().initialize_request(request, *args, **kwargs)

    @property
    def actor(self) -> User:
        return cast("User", self.request.user)

    def read(self, serializer: type[Any]) -> dict[str, Any]:
        """Return the request's fields, checked; raises ValidationError."""
        given = serializer(data=self.request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        fields: dict[str, Any] = given.validated_data
        return fields


class ApiViewSet(ApiView, GenericViewSet[Any]):
    """The same for a set of addresses."""
