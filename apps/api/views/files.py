"""Bytes that leave the portal: always as a download, never as a page of ours."""

from __future__ import annotations

import logging

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.api.views.base import ApiView
from apps.cases.models import Attachment, Interaction
from apps.channels.models import InboundMessage

logger = logging.getLogger(__name__)

BYTES = "application/octet-stream"
DOWNLOAD = {(200, BYTES): OpenApiTypes.BINARY}


class AttachmentView(ApiView):
    """A file of an interaction that the person may read."""

    @extend_schema(responses=DOWNLOAD)
    def get(self, request: Request, pk: int) -> HttpResponse:
        readable = Interaction.objects.visible_to(self.actor).values("pk")
        attachment = Attachment.objects.filter(pk=pk, interaction__in=readable).first()
        if attachment is None:
            raise Http404
        try:
            content = attachment.file.read()
        except OSError as error:
            logger.exception("attachment %d cannot be read", pk)
            raise Http404 from error
        return _download(content, attachment.name)


class RawView(ApiView):
    """An input as it arrived: for the account's team until it became a message, then for leads."""

    @extend_schema(responses=DOWNLOAD)
    def get(self, request: Request, pk: int) -> HttpResponse:
        readable = InboundMessage.objects.kept_for(self.actor)
        inbound = readable.select_related("raw").filter(pk=pk).first()
        if inbound is None:
            raise Http404
        return _download(bytes(inbound.raw.body), f"inbound-{inbound.pk}")


def _download(content: bytes, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    headers = {
        "Content-Disposition": disposition or "attachment",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=BYTES, headers=headers)
