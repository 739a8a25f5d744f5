"""Show each person their own language and time zone, and look after their session."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.accounts import session_care
from apps.accounts.models import User

# Where somebody may go who still has to set their second factor up.
OPEN_TO_ALL = ("/accounts/", "/static/", "/desk/theme/", "/desk/language/", "/healthz", "/readyz")


class UserPreferencesMiddleware:
    """Activate what the person chose; without a choice the request's language stands."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            return self.get_response(request)
        if user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        zone = zoneinfo.ZoneInfo(user.timezone) if user.timezone else None
        with timezone.override(zone or timezone.get_default_timezone()):
            return self.get_response(request)


class SessionCareMiddleware:
    """Note sessions as seen, and let nobody past who owes a second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User):
            session_care.look_after(request, user)
            if session_care.owes_second_factor(request, user) and not _is_open(request):
                return self._ask(request)
        return self.get_response(request)

    @staticmethod
    def _ask(request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/"):
            raise PermissionDenied(_("Set your second factor up first."))
        page = reverse("mfa_index")
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": page})
        here = urlencode({"next": request.path}) if request.method == "GET" else ""
        return HttpResponseRedirect(f"{page}?{here}" if here else page)


def _is_open(request: HttpRequest) -> bool:
    return request.path.startswith(OPEN_TO_ALL)
