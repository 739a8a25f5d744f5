"""What the administration's pages share."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin


class HistoryAdmin(SimpleHistoryAdmin, ModelAdmin):
    """Configuration whose changes are kept: who changed what, from what to what."""

    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show an older state; changing it goes through the ordinary form alone."""
        if request.method != "GET":
            raise PermissionDenied
        older: HttpResponse = super().history_form_view(  # type: ignore[no-untyped-call]
            request, *args, **kwargs
        )
        return older


class ReadOnlyAdmin(ModelAdmin):
    """An audit: it can be read and searched, and changed by nobody."""

    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
