from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    name = "apps.channels"
    label = "contact_channels"
    verbose_name = _("Channels")

    def ready(self) -> None:
        from apps.accounts import system_mail
        from apps.cases import customer_notices, signals
        from apps.channels import checks
        from apps.channels.domain import joining, notices
        from apps.channels.domain.system_mail import queue_system_mail

        system_mail.register(queue_system_mail)
        customer_notices.register(notices.tell_customer)
        signals.case_joined.connect(joining.follow)
        checks.register()
