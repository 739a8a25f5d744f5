"""How many requests one token, or one person without a token, may make in a minute."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView

WINDOW = 60


class PerTokenThrottle(BaseThrottle):
    """Counts in whole minutes of the clock; needs one counter in the cache and no list.

    Two processes that count at the same instant may let a few requests more pass.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        key = f"api-requests:{self._who(request)}:{int(time.time()) // WINDOW}"
        if cache.add(key, 1, timeout=2 * WINDOW):
            return True
        try:
            return cache.incr(key) <= settings.API_REQUESTS_PER_MINUTE
        except ValueError:  # it fell out of the cache between the two lines
            return True

    def wait(self) -> float:
        return WINDOW - time.time() % WINDOW

    def _who(self, request: Request) -> str:
        if request.auth is not None:
            return f"token-{request.auth.pk}"
        if request.user.is_authenticated:
            return f"user-{request.user.pk}"
        return f"address-{self.get_ident(request)}"
