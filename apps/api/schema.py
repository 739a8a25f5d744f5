"""What OpenAPI cannot read from the code: our token, and the refusals of every address."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
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
