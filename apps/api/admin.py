from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.api.models import ApiToken
from apps.common.admin import BoundedAdmin


@admin.register(ApiToken)
class ApiTokenAdmin(BoundedAdmin):
    """Tokens are made by the command ``apitoken``, which shows each of them once."""

    list_display = ("user", "hint", "is_active", "created_at", "last_used_at")
    list_filter = ("is_active", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "=hint")
    search_help_text = _("A log-in name, or the last four characters of a token.")
    fields = ("user", "hint", "is_active", "created_at", "last_used_at")
    readonly_fields = ("user", "hint", "created_at", "last_used_at")
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.action(description=_("Revoke: the tokens open nothing any more"), permissions=["change"])
    def revoke(self, request: HttpRequest, tokens: QuerySet[ApiToken]) -> None:
        tokens.update(is_active=False)
        self.message_user(request, _("The tokens are revoked."))
