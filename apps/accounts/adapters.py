"""What django-allauth asks this portal: who may sign up, what slows down, how secrets are kept."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import SignupClosedException
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from apps.accounts import known_browsers
from apps.accounts.domain import joining
from apps.accounts.models import IdentityProvider, User
from apps.common.fields import decrypt_text, encrypt_text

OIDC = "openid_connect"


class AccountAdapter(DefaultAccountAdapter):
    """No sign-up by a form; brute force slows down without locking anybody's own browser out."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """``next`` stays on the host that was asked, whatever other hosts we answer to."""
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        known_browsers.remember(response, request, user.username)
        return response

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Mail leaves by our own outbox alone."""

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Strangers' browsers share a budget for one name, a browser known to it has its own."""
        name = str(credentials.get("username", "")).lower()
        return f"{name}:{known_browsers.recognise(request, name)}"


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the seeds of codes encrypted."""

    def encrypt(self, text: str) -> str:
        return encrypt_text(text)

    def decrypt(self, encrypted_text: str) -> str:
        """What no key opens any more becomes a secret that nobody knows, so no code fits."""
        return decrypt_text(encrypted_text) or secrets.token_hex(20)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": _("Contact centre")}


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Providers are rows of the administration; whoever comes from one needs a reason to."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        found = IdentityProvider.objects.filter(is_enabled=True)
        if provider and provider != OIDC:
            found = found.filter(slug=provider)
        if client_id:
            found = found.filter(client_id=client_id)
        return [_as_app(one) for one in found]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Tie a new identity to the one person who has its confirmed address."""
        if sociallogin.is_existing or sociallogin.state.get("process") == "connect":
            return
        user = joining.find_person(_confirmed(sociallogin))
        if user is not None:
            sociallogin.connect(request, user)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return joining.may_join(provider=_row(sociallogin), addresses=_confirmed(sociallogin))

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return True

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        addresses = _confirmed(sociallogin)
        try:
            with transaction.atomic():
                user: User = super().save_user(request, sociallogin, form)
                return joining.join(user=user, provider=_row(sociallogin), addresses=addresses)
        except joining.NotInvited as error:
            raise SignupClosedException from error

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return "/"


def _as_app(row: IdentityProvider) -> SocialApp:
    return SocialApp(
        provider=OIDC,
        provider_id=row.slug,
        name=row.name,
        client_id=row.client_id,
        secret=row.secret,
        settings={"server_url": row.issuer, "oauth_pkce_enabled": True}
        | ({"verified_email": True} if row.trusts_addresses else {}),
    )


def _row(sociallogin: SocialLogin) -> IdentityProvider:
    return IdentityProvider.objects.get(slug=sociallogin.account.provider)


def _confirmed(sociallogin: SocialLogin) -> list[str]:
    return [one.email.lower() for one in sociallogin.email_addresses if one.verified is True]
