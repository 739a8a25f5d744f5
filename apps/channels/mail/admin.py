from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action

from apps.channels.mail.enums import Fate
from apps.channels.mail.models import LedgerEntry, MailboxState
from apps.common.admin import ReadOnlyAdmin


@admin.register(MailboxState)
class MailboxStateAdmin(ReadOnlyAdmin):
    list_display = ("account", "last_success_at", "last_error", "last_error_at", "retry_at")
    list_select_related = ("account",)
    search_fields = ("account__name", "account__address", "last_error")
    fields = ("account", "last_success_at", "last_error", "last_error_at", "retry_at")


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ("account", "uid", "mark", "fate", "reason")
    list_filter = ("fate", "mailbox__account")
    list_select_related = ("mailbox__account",)
    ordering = ("-id",)
    search_fields = ("=uid", "reason")
    actions = ("try_again",)  # type: ignore[assignment]
    fields = ("account", "uid", "mark", "fate", "reason")

    @admin.display(description=_("account"))
    def account(self, entry: LedgerEntry) -> str:
        return str(entry.mailbox.account)

    @action(description=_("Fetch again what could not be fetched"), permissions=["view"])
    def try_again(self, request: HttpRequest, entries: QuerySet[LedgerEntry]) -> None:
        """Forget refusals; the watcher finds the mails at its next look through the folder."""
        count, _deleted = entries.filter(fate=Fate.REFUSED).delete()
        text = ngettext(
            "%(count)d mail is tried again within a quarter of an hour.",
            "%(count)d mails are tried again within a quarter of an hour.",
            count,
        )
        self.message_user(request, text % {"count": count})
