"""Refusals that no view of the API made: unknown hosts, addresses outside of any version."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse

from apps.api.problems import CONTENT_TYPE, problem

PREFIX = "/api/"


class ProblemMiddleware:
    """Replaces the HTML of an error under ``/api/`` by problem details of the same status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if (
            not request.path_info.startswith(PREFIX)
            or response.status_code < HTTPStatus.BAD_REQUEST
            or not is_page
        ):
            return response
        body = problem(response.status_code)
        return JsonResponse(body, status=response.status_code, content_type=CONTENT_TYPE)
