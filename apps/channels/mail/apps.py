from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailConfig(AppConfig):
    name = "apps.channels.mail"
    label = "channel_mail"
    verbose_name = _("Email")

    def ready(self) -> None:
        from apps.channels import registry
        from apps.channels.mail import checks
        from apps.channels.mail.driver import MailDriver

        registry.register(MailDriver())
        checks.register()
