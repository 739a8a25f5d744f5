from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class DeskConfig(AppConfig):
    name = "apps.desk"
    verbose_name = pgettext_lazy("the workplace of agents", "Desk")
