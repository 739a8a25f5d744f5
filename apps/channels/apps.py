from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    name = "apps.channels"
    label = "contact_channels"
    verbose_name = _("Channels")

    def ready(self) -> None:
        from apps.accounts import system_mail
        from apps.cases import customer_notices, signals
        from apps.channels import checks, hearing
        from apps.channels.domain import joining, merging, notices, outbox, screening
        from apps.channels.domain.system_mail import queue_system_mail
        from apps.channels.models import MessageKey
        from apps.customers import belongings

        system_mail.register(queue_system_mail)
        belongings.register(MessageKey)
        customer_notices.register(notices.tell_customer)
        signals.case_joined.connect(joining.follow)
        signals.interactions_recorded.connect(outbox.hold_scheduled)
        signals.case_changed.connect(screening.follow_reopening)
        signals.case_merged.connect(merging.merged)
        signals.case_merged.connect(screening.follow_merge)
        signals.case_unmerged.connect(screening.follow_unmerge)
        signals.case_unmerged.connect(merging.unmerged)
        signals.case_split.connect(merging.split)
        signals.participant_left.connect(merging.left)
        checks.register()
        hearing.register()
