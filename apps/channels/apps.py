from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    name = "apps.channels"
    label = "contact_channels"
    verbose_name = _("Channels")

    def ready(self) -> None:
        from apps.cases import customer_notices
        from apps.channels import checks
        from apps.channels.domain import notices

        customer_notices.register(notices.tell_customer)
        checks.register()
