from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HelpcentreConfig(AppConfig):
    name = "apps.helpcentre"
    verbose_name = _("Help centre")

    def ready(self) -> None:
        from apps.channels import status_links
        from apps.common import sweeping
        from apps.customers import belongings
        from apps.helpcentre import cards, estimates, owed, steps
        from apps.helpcentre.domain import answering, codes, entering, writing
        from apps.helpcentre.models import CodeRequest
        from apps.promises import inquiry_links

        belongings.register(CodeRequest)
        status_links.register(address=entering.address_of, sign=entering.sign)
        inquiry_links.register(plain=answering.address_of, sign=answering.sign)
        sweeping.register(codes.forget_old)
        sweeping.register(writing.forget_old)
        steps.register(steps.words)
        steps.register(steps.facts)
        steps.register(owed.promised)
        steps.register(estimates.expected)
        cards.register(cards.caretaker)
        cards.register(owed.card, first=True)
