"""Bodies with a bound: JSON for the objects, bytes as they are for channels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from apps.api.problems import TooLarge

if TYPE_CHECKING:
    from django.http import HttpRequest


def read_body(request: HttpRequest, limit: int) -> bytes:
    """Read a whole body of at most ``limit`` bytes, with or without Content-Length."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdecimal() and int(announced) > limit:
        raise TooLarge(limit)
    return _read(request, limit)


def _read(stream: Any, limit: int) -> bytes:
    body: bytes = stream.read(limit + 1)
    if len(body) > limit:
        raise TooLarge(limit)
    return body


class BoundedJSONParser(BaseParser):
    """JSON in UTF-8; too deep, too long or not JSON at all is the sender's fault."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = _read(stream, settings.API_MAX_JSON_BYTES)
        try:
            return json.loads(body.decode("utf-8"), parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not JSON in UTF-8.")) from error


def _refuse(constant: str) -> None:
    raise ValueError(constant)
