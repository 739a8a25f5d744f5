from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    name = "apps.common"
    label = "common"
    verbose_name = _("Common")

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from apps.common import checks, statements

        checks.register()
        connection_created.connect(statements.keep_none)
