"""Addresses. Accounts are made by administrators, so sign-up and its mails have none."""

from __future__ import annotations

from allauth.account import views as account
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from apps.common.views import healthz, readyz
from contactcentre.environment import BASE_DIR

account_urls = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("accounts/", include(account_urls)),
    path("admin/", admin.site.urls),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    *(
        [path("api/v1/", include("apps.api.urls"))]
        if (BASE_DIR / "apps/api/urls.py").exists()
        else []
    ),
    *([path("", include("apps.desk.urls"))] if (BASE_DIR / "apps/desk/urls.py").exists() else []),
]
