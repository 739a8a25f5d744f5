"""Who is asking: a token in the header, or a browser's session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from apps.api.domain import find_token

if TYPE_CHECKING:
    from rest_framework.request import Request

    from apps.accounts.models import User
    from apps.api.models import ApiToken

KEYWORD = "Token"


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Token …``."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        keyword, _space, value = get_authorization_header(request).partition(b" ")
        if keyword.lower() != KEYWORD.lower().encode():
            return None
        token = find_token(value.strip().decode("latin-1"))
        if token is None:
            raise AuthenticationFailed(_("This token is not valid."))
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return f'{KEYWORD} realm="api"'
