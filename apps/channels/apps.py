from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    name = "apps.channels"
    label = "contact_channels"
    verbose_name = _("Channels")

    def ready(self) -> None:
        from apps.cases import customer_notices, signals
        from apps.channels import checks, hearing
        from apps.channels.domain import joining, notices

        customer_notices.register(notices.tell_customer)
        signals.case_joined.connect(joining.follow)
        checks.register()
        hearing.register()
