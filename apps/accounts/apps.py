from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    verbose_name = _("People and teams")

    def ready(self) -> None:
        from allauth.account.signals import password_reset
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from apps.accounts import session_care

        user_logged_in.connect(session_care.begin)
        user_logged_out.connect(session_care.end)
        password_reset.connect(session_care.password_was_reset)
