from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "apps.search"
    verbose_name = _("Search")

    def ready(self) -> None:
        from apps.search import dates, domain

        dates.register()
        post_migrate.connect(domain.forget_orphans, sender=self)
