from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action

from apps.channels.domain.accounts import save_account
from apps.channels.domain.collecting import check_incoming
from apps.channels.domain.health import check_account
from apps.channels.forms import AccountForm, SenderRuleForm, without_password
from apps.channels.models import Account, Delivery, InboundMessage, SenderRule
from apps.common.admin import HistoryAdmin, ReadOnlyAdmin


@admin.register(Account)
class AccountAdmin(HistoryAdmin):
    form = AccountForm
    list_display = (
        "name",
        "channel",
        "address",
        "team",
        "is_default",
        "is_enabled",
        "last_success_at",
        "last_error",
    )
    list_filter = ("channel", "team", "is_enabled", "is_default")
    list_select_related = ("team",)
    search_fields = ("name", "address", "display_name")
    autocomplete_fields = ("team",)
    readonly_fields = (
        "incoming_now",
        "outgoing_now",
        "last_success_at",
        "last_error",
        "last_error_at",
    )
    actions = ("check_selected",)
    actions_submit_line: tuple[str, ...] = ("save_and_check",)  # type: ignore[assignment]
    fieldsets = (
        (None, {"fields": ("channel", "name", "address", "display_name", "team")}),
        (
            _("Use"),
            {"fields": ("is_enabled", "default", "reopen_days", "signature", "signature_html")},
        ),
        (_("Receipt"), {"fields": ("acknowledge", "hours", "closed_days", "timezone")}),
        (_("Spam"), {"fields": ("spam_filter", "spam_subject")}),
        (
            _("Servers"),
            {
                "fields": (
                    "incoming_now",
                    "incoming",
                    "forget_incoming",
                    "outgoing_now",
                    "outgoing",
                    "forget_outgoing",
                ),
                "description": _("Passwords are kept encrypted and are never shown again."),
            },
        ),
        (_("Health"), {"fields": ("last_success_at", "last_error", "last_error_at")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Account | None = None) -> list[str]:
        """Shell commands and programs know an account by channel and name, so these stay."""
        fixed = ["channel", "name"] if obj else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """Save by the verb that the shell command uses; then press the button's check."""
        saved, _created = save_account(channel=obj.channel, name=obj.name, values=form.settings())
        obj.pk = saved.pk
        for button in self.get_actions_submit_line(request, obj.pk):
            if button.action_name in request.POST:
                press: Any = button.method
                press(request, saved)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What came in and went out names its account: switch it off instead."""
        return False

    @admin.display(description=_("incoming server"))
    def incoming_now(self, account: Account) -> str:
        return without_password(account.incoming)

    @admin.display(description=_("outgoing server"))
    def outgoing_now(self, account: Account) -> str:
        return without_password(account.outgoing)

    @action(description=_("Save and check the connection"), permissions=["change"])
    def save_and_check(self, request: HttpRequest, account: Account) -> None:
        """Connect once the form is saved: nothing slow happens inside its transaction."""
        transaction.on_commit(lambda: self._check(request, account))

    @action(description=_("Check the connection"), permissions=["change"])
    def check_selected(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        for account in accounts:
            self._check(request, account)

    def _check(self, request: HttpRequest, account: Account) -> None:
        fault = check_account(account) if account.outgoing else ""
        fault = fault or check_incoming(account)
        words = {"account": str(account), "fault": fault}
        if fault:
            self.message_user(request, gettext("%(account)s: %(fault)s") % words, messages.ERROR)
        else:
            done = gettext("%(account)s: the server answers and accepts the log-in.")
            self.message_user(request, done % words)


@admin.register(InboundMessage)
class InboundMessageAdmin(ReadOnlyAdmin):
    list_display = ("id", "received_at", "account", "state", "size", "case_number", "reason")
    list_filter = ("state", "account", "received_at")
    list_select_related = ("account", "case")
    ordering = ("-id",)
    search_fields = ("=id", "=content_hash", "reason")
    search_help_text = _("The input's number, its SHA-256, or words of the reason.")
    readonly_fields = ("download",)

    @admin.display(description=_("case"))
    def case_number(self, inbound: InboundMessage) -> str:
        return inbound.case.number if inbound.case else ""

    @admin.display(description=_("as it arrived"))
    def download(self, inbound: InboundMessage) -> str:
        address = reverse("api:raw", args=[inbound.pk])
        return format_html('<a href="{}">{}</a>', address, _("Download"))


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("id", "created_at", "account", "state", "attempts", "case_number", "detail")
    list_filter = ("state", "account", "automatic", "created_at")
    list_select_related = ("account", "interaction__case")
    ordering = ("-id",)
    search_fields = ("=id", "=message_id", "detail")
    search_help_text = _("The delivery's number, its Message-ID, or words of the server.")
    exclude = ("lease_token",)

    @admin.display(description=_("case"))
    def case_number(self, delivery: Delivery) -> str:
        return delivery.interaction.case.number if delivery.interaction else ""


@admin.register(SenderRule)
class SenderRuleAdmin(ModelAdmin):
    form = SenderRuleForm
    list_display = ("value", "verdict", "team", "author", "created_at")
    list_filter = ("verdict", "team")
    list_select_related = ("team", "author")
    search_fields = ("value",)
    search_help_text = _("An address or a domain.")
    ordering = ("value",)
    autocomplete_fields = ("team",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if not change:
            obj.author = request.user
        super().save_model(request, obj, form, change)
