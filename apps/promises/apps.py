from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PromisesConfig(AppConfig):
    name = "apps.promises"
    verbose_name = _("Promises")

    def ready(self) -> None:
        from apps.promises import checks, editions, hearing

        checks.register()
        editions.register()
        hearing.register()
