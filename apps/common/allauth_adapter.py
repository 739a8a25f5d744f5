"""Log-in without sign-up: accounts are made by an administrator."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAdapter(DefaultAccountAdapter):
    """Refuses every sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
