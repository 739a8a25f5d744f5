from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class DeskConfig(AppConfig):
    name = "apps.desk"
    verbose_name = pgettext_lazy("the workplace of agents", "Desk")

    def ready(self) -> None:
        from apps.common import sweeping
        from apps.desk import drafts, uploads

        sweeping.register(drafts.forget_old)
        sweeping.register(uploads.forget_old)
