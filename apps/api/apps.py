from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "apps.api"
    verbose_name = _("API")

    def ready(self) -> None:
        from apps.api import schema  # noqa: F401 - registers what OpenAPI says of our tokens
