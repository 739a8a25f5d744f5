"""Show each person their own language and time zone."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from apps.accounts.models import User


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
