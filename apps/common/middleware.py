"""The security policy of every answer, errors, redirects and files included."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.views.defaults import page_not_found

ADMIN_PREFIX = "/admin/"
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class OwnErrorsMiddleware:
    """With DEBUG, too, what is not there is told by our own page; faults keep Django's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.DEBUG:
            raise MiddlewareNotUsed
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        html = response.headers.get("Content-Type", "").startswith("text/html")
        if response.status_code == HTTPStatus.NOT_FOUND and html:
            return page_not_found(request, Http404())
        return response


class PolicyMiddleware(ContentSecurityPolicyMiddleware):
    """Django's own policy with nonces; ``/admin/`` gets the one that Unfold can run under.

    A view that set a policy of its own keeps it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.path.startswith(ADMIN_PREFIX) and not hasattr(response, "_csp_config"):
            response._csp_config = settings.SECURE_CSP_ADMIN  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own mark
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return super().process_response(request, response)
