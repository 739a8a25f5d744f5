from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from apps.common.admin import HistoryAdmin
from apps.promises.checks import say_unknown
from apps.promises.domain import due_years, fetch_holidays
from apps.promises.enums import Source
from apps.promises.models import Calendar, CalendarTeam, Holiday


class CalendarTeamInline(TabularInline):
    model = CalendarTeam
    extra = 0
    autocomplete_fields = ("team",)


@admin.register(Calendar)
class CalendarAdmin(HistoryAdmin):
    list_display = ("name", "is_default", "hours", "timezone", "country", "certain_until")
    list_filter = ("is_default", "country")
    search_fields = ("name",)
    inlines = (CalendarTeamInline,)
    actions = ("fetch_next_year",)
    readonly_fields = ("certain_until",)
    fieldsets = (
        (None, {"fields": ("name", "is_default")}),
        (_("Hours"), {"fields": ("hours", "timezone")}),
        (
            _("Holidays"),
            {
                "fields": ("country", "subdivision", "certain_until", "checked_until"),
                "description": _(
                    "Saving fetches the public holidays of this year and the next. Edit them under"
                    " “Holidays and special days”: what you edit is never written over. To work on"
                    " a holiday, give it hours instead of deleting it."
                ),
            },
        ),
    )

    @admin.display(description=_("holidays certain until"))
    def certain_until(self, calendar: Calendar) -> str:
        known = max(calendar.official_until or 0, calendar.checked_until or 0)
        return str(known) if calendar.country and known else ""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """Fetch once all is saved, and say what is not known."""
        super().save_related(request, form, formsets, change)
        self._fetch(request, form.instance, due_years())

    @admin.action(description=_("Fetch the holidays of next year"), permissions=["change"])
    def fetch_next_year(self, request: HttpRequest, calendars: QuerySet[Calendar]) -> None:
        for calendar in calendars:
            if calendar.country:
                self._fetch(request, calendar, due_years())
            else:
                words = gettext("%(calendar)s: set a country first.") % {"calendar": calendar}
                self.message_user(request, words, messages.ERROR)

    def _fetch(self, request: HttpRequest, calendar: Calendar, years: tuple[int, ...]) -> None:
        fetched = fetch_holidays(calendar_id=calendar.pk, years=years)
        if fetched.changed or calendar.country:
            done = ngettext(
                "%(calendar)s: %(count)d day of %(first)d and %(last)d changed.",
                "%(calendar)s: %(count)d days of %(first)d and %(last)d changed.",
                fetched.changed,
            )
            names = {"calendar": calendar, "count": fetched.changed}
            words = done % {**names, "first": years[0], "last": years[-1]}
            self.message_user(request, words)
        for year in fetched.unofficial:
            if year > (calendar.checked_until or 0):
                self.message_user(request, say_unknown(calendar, year), messages.WARNING)


@admin.register(Holiday)
class HolidayAdmin(ModelAdmin):
    list_display = ("day", "name", "hours", "calendar", "source")
    list_filter = ("calendar", "source", "day")
    list_select_related = ("calendar",)
    search_fields = ("name", "day")
    search_help_text = _("A word of the name, or a date.")
    date_hierarchy = "day"
    readonly_fields = ("source",)
    autocomplete_fields = ("calendar",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """What a person saved is theirs."""
        obj.source = Source.EDITED
        super().save_model(request, obj, form, change)
