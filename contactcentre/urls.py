"""Addresses of the whole portal."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from apps.api.views.description import DocsView, SchemaView
from apps.common.views import healthz, readyz

# One door with its limits: the admin's own log-in page leads to ours.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("accounts/", include("apps.accounts.urls")),
    path("admin/", admin.site.urls),
    path("help/", include("apps.helpcentre.urls")),
    path("api/schema/", SchemaView.as_view(), name="schema"),
    path("api/docs/", DocsView.as_view(), name="docs"),
    path("api/v1/", include("apps.api.urls")),
    path("events/", include("apps.live.urls")),
    path("", include("apps.channels.urls")),
    path("", include("apps.desk.urls")),
]
