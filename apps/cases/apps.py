from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "apps.cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        from apps.cases import customers, hearing, rules, search, signals
        from apps.cases.domain import handing
        from apps.customers import visibility

        visibility.register(rules.customers_open_to)
        visibility.register_keeper(rules.customers_kept_by)
        search.register()
        customers.register()
        hearing.register()
        signals.case_changed.connect(handing.case_changed)
