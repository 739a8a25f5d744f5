"""The security policy of every answer, errors, redirects and files included."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import ContentSecurityPolicyMiddleware

ADMIN_PREFIX = "/admin/"
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class PolicyMiddleware(ContentSecurityPolicyMiddleware):
    """Django's own policy with nonces; ``/admin/`` gets the one that Unfold can run under.

    A view that set a policy of its own keeps it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.path.startswith(ADMIN_PREFIX) and not hasattr(response, "_csp_config"):
            response._csp_config = settings.SECURE_CSP_ADMIN  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own mark
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return super().process_response(request, response)
