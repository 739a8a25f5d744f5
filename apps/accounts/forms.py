"""Forms of people and teams."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from unfold.forms import AuthenticationForm

from apps.accounts.models import User


class AdminLoginForm(AuthenticationForm):
    """The administration's log-in, with the same brake on guessing as the agents' own."""

    def clean(self) -> dict[str, Any]:
        username, password = (self.cleaned_data.get(name) for name in ("username", "password"))
        if username and password and self.request:
            credentials = {"username": username, "password": password}
            user = get_adapter().authenticate(self.request, **credentials)
            if not isinstance(user, User):
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(user)
            self.user_cache = user
        return dict(self.cleaned_data)
