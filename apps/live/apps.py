from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _


class LiveConfig(AppConfig):
    name = "apps.live"
    verbose_name = _("Live events")

    def ready(self) -> None:
        from django.contrib.sessions.models import Session

        from apps.accounts.models import User
        from apps.live import registry, sessions

        registry.register(sessions.TOPIC, sessions.nobody)
        post_delete.connect(sessions.session_ended, sender=Session)
        post_save.connect(sessions.user_changed, sender=User)
