from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PromisesConfig(AppConfig):
    name = "apps.promises"
    verbose_name = _("Promises")

    def ready(self) -> None:
        from apps.channels import private_links
        from apps.promises import checks, editions, hearing, inquiry_links

        checks.register()
        editions.register()
        hearing.register()
        private_links.register(inquiry_links.put_link)
