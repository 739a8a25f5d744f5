from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from apps.common.admin import BoundedAdmin
from apps.customers.models import Organisation


@admin.register(Organisation)
class OrganisationAdmin(BoundedAdmin):
    list_display = ("name",)
    search_fields = ("name",)
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
