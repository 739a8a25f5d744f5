"""What the administration's pages share."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin

MAX_KEY, MAX_DIGITS = 2**63 - 1, 20


class BoundedAdmin(ModelAdmin):
    """Administration in which a number too large for any database is a number of nothing."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        known = is_key(object_id)
        return super().get_object(request, object_id, from_field) if known else None

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **where: Any
    ) -> HttpResponse | None:
        """Run an action on what was chosen, as far as it can be anything."""
        given = request.POST.copy()
        chosen = given.getlist(ACTION_CHECKBOX_NAME)
        given.setlist(ACTION_CHECKBOX_NAME, [key for key in chosen if is_key(key)])
        request.POST = given  # type: ignore[assignment]
        return super().response_action(request, queryset, *args, **where)


def is_key(typed: str) -> bool:
    """Whether it can be the key of a row; a key that is no number always can."""
    return not typed.isdecimal() or (len(typed) < MAX_DIGITS and int(typed) <= MAX_KEY)


class HistoryAdmin(SimpleHistoryAdmin, BoundedAdmin):
    """Configuration whose changes are kept: who changed what, from what to what."""

    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show an older state; changing it goes through the ordinary form alone."""
        if request.method != "GET":
            raise PermissionDenied
        older: HttpResponse = super().history_form_view(  # type: ignore[no-untyped-call]
            request, *args, **kwargs
        )
        return older


class ReadOnlyAdmin(BoundedAdmin):
    """An audit: it can be read and searched, and changed by nobody."""

    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
