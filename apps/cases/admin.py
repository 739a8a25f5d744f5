from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.cases.enums import EventKind
from apps.cases.forms import CannedReplyAdminForm
from apps.cases.models import CannedReply, Case, CaseEvent, Tag
from apps.common.admin import BoundedAdmin, HistoryAdmin, ReadOnlyAdmin


@admin.register(Tag)
class TagAdmin(BoundedAdmin):
    list_display = ("name", "used")
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        tags: QuerySet[Tag] = super().get_queryset(request)
        return tags.annotate(used=Count("cases"))

    @admin.display(description=_("cases"), ordering="used")
    def used(self, tag: Tag) -> int:
        return int(getattr(tag, "used", 0))


@admin.register(CannedReply)
class CannedReplyAdmin(HistoryAdmin):
    """Shared replies; people keep their own ones in the desk."""

    form = CannedReplyAdminForm
    list_display = ("name", "for_whom", "languages")
    list_filter = ("team",)
    list_select_related = ("team",)
    search_fields = ("name", "text_en", "text_zh")
    search_help_text = _("A word of the name or of the texts.")
    autocomplete_fields = ("team",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CannedReply]:
        replies: QuerySet[CannedReply] = super().get_queryset(request)
        return replies.filter(owner=None)

    @admin.display(description=_("for"), ordering="team__name")
    def for_whom(self, reply: CannedReply) -> str:
        return reply.team.name if reply.team else gettext("everybody")

    @admin.display(description=_("languages"))
    def languages(self, reply: CannedReply) -> str:
        texts = {"English": reply.text_en, "中文": reply.text_zh}
        return ", ".join(name for name, text in texts.items() if text)


KINDS = dict(EventKind.choices)


class KindFilter(admin.SimpleListFilter):
    """Kinds of events by their names."""

    title = _("what happened")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(EventKind.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[CaseEvent]) -> QuerySet[CaseEvent]:
        chosen = self.value()
        return queryset.filter(kind=chosen) if chosen else queryset


@admin.register(CaseEvent)
class CaseEventAdmin(ReadOnlyAdmin):
    list_display = ("at", "number", "what", "actor")
    list_filter = (KindFilter, "at")
    list_select_related = ("case", "actor")
    ordering = ("-id",)
    search_fields = ("actor__username",)
    search_help_text = _("A case's number such as CC-000123, or a log-in name.")

    @admin.display(description=_("what happened"), ordering="kind")
    def what(self, event: CaseEvent) -> str:
        return str(KINDS.get(event.kind, event.kind))

    @admin.display(description=_("case"), ordering="case")
    def number(self, event: CaseEvent) -> str:
        return event.case.number

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[CaseEvent], search_term: str
    ) -> tuple[QuerySet[CaseEvent], bool]:
        numbered = Case.objects.by_number(search_term)
        if search_term.upper().startswith("CC-"):
            return queryset.filter(case__in=numbered), False
        found: tuple[QuerySet[CaseEvent], bool] = super().get_search_results(
            request, queryset, search_term
        )
        return found
