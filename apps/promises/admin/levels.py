from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.common.admin import HistoryAdmin
from apps.promises.models import ServiceLevel


@admin.register(ServiceLevel)
class ServiceLevelAdmin(HistoryAdmin):
    list_display = ("__str__", "first_reply", "next_reply", "progress_update", "callback_attempts")
    list_filter = ("team", "kind", "tier")
    list_select_related = ("team",)
    search_fields = ("team__name",)
    search_help_text = _("A word of the team's name.")
    autocomplete_fields = ("team",)
    fieldsets = (
        (
            _("For whom"),
            {
                "fields": ("team", "kind", "tier"),
                "description": _(
                    "Empty means any. Each target comes from the most specific level that sets"
                    " it: the more of the three is named the more specific, then tier before"
                    " kind before team."
                ),
            },
        ),
        (
            _("Replies"),
            {
                "fields": (
                    "first_reply",
                    "first_reply_newcomer",
                    "next_reply",
                    "progress_update",
                    "pause_updates",
                )
            },
        ),
        (_("After the solution"), {"fields": ("follow_up_days", "close_after_days")}),
        (_("Reminders"), {"fields": ("first_reminder", "second_reminder")}),
        (_("Callbacks"), {"fields": ("callback_attempts", "callback_gaps", "callback_slot")}),
    )
