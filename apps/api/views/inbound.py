from __future__ import annotations

from django.conf import settings
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.parsers import read_body
from apps.api.serializers.inbound import InboundOut
from apps.api.views.base import ApiView
from apps.channels import registry
from apps.channels.domain import receive
from apps.channels.models import Account

TYPES = ("message/rfc822", "image/tiff", "application/pdf", "application/json")


class InboundView(ApiView):
    """Raw input of a channel, stored before it is answered. The same input twice is one.

    The account is named ``support``, or ``email:support`` where channels share the name.
    """

    serializer_class = InboundOut

    @extend_schema(request=dict.fromkeys(TYPES, OpenApiTypes.BINARY), responses={202: InboundOut})
    def post(self, request: Request, account: str) -> Response:
        """Hand over raw input; it is stored before this answers."""
        content_type = (request.content_type or "").partition(";")[0].strip().lower()
        found = self._account(account, content_type)
        raw = read_body(request._request, settings.API_MAX_INBOUND_BYTES)  # noqa: SLF001
        result = receive(found, raw, content_type)
        return Response(result.as_dict(), status=202)

    def _account(self, name: str, content_type: str) -> Account:
        """Return the enabled account of this name whose driver takes the content type."""
        channel, colon, bare = name.rpartition(":")
        if not bare.isprintable():
            raise Http404
        accounts = Account.objects.enabled().visible_to(self.actor).filter(name=bare)
        found = [one for one in accounts if not colon or _is_channel(one, channel)]
        if not found:
            raise Http404
        for one in found:
            if _takes(one, content_type):
                return one
        raise UnsupportedMediaType(content_type or "none")


def _takes(account: Account, content_type: str) -> bool:
    channel = account.channel
    return registry.has(channel) and content_type in registry.get(channel).content_types


def _is_channel(account: Account, name: str) -> bool:
    return registry.has(account.channel) and name in {
        account.channel,
        registry.get(account.channel).folder,
    }
