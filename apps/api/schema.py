"""What OpenAPI cannot read from the code: our token, and the refusals of every address."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
)
from drf_spectacular.openapi import AutoSchema

from apps.api.problems import CONTENT_TYPE
from apps.api.serializers.base import Problem

ALWAYS = (400, 401, 403, 404, 429, 500)
WRITING = (409, 413, 415)


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "apps.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "“Token ” and the token, as the command apitoken prints it.",
        }


class StrictInput(OpenApiSerializerExtension):
    """Says that other fields than those named are refused."""

    target_class = "apps.api.serializers.base.Strict"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        shape: dict[str, Any] = auto_schema._map_serializer(  # noqa: SLF001 - as documented
            self.target, direction, bypass_extensions=True
        )
        return shape | {"additionalProperties": False}


class Described(AutoSchema):
    """Adds to each operation the problems that it may answer."""

    def _get_response_bodies(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(*args, **kwargs)
        refusals = ALWAYS + (() if self.method == "GET" else WRITING)
        for status in refusals:
            body = self._get_response_for_code(  # type: ignore[no-untyped-call]
                Problem, str(status), [CONTENT_TYPE]
            )
            bodies.setdefault(str(status), body)
        return bodies
