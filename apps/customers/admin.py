from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.common.admin import BoundedAdmin, ReadOnlyAdmin
from apps.customers.models import Organisation, Preference


@admin.register(Organisation)
class OrganisationAdmin(BoundedAdmin):
    list_display = ("name",)
    search_fields = ("name",)
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Preference)
class PreferenceAdmin(ReadOnlyAdmin):
    """What is remembered of customers, and what was; people change it in the desk."""

    list_display = ("customer", "kind", "value", "text", "noted_by", "noted_at", "retired_at")
    list_filter = ("kind", "noted_at")
    list_select_related = ("customer", "noted_by")
    search_fields = ("customer__name", "text")
    search_help_text = _("A word of the customer's name or of what was noted.")
