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
from unfold.decorators import action

from apps.cases.enums import Channel
from apps.cases.errors import CaseError
from apps.channels.domain.accounts import save_account
from apps.channels.domain.testing import check_steps, send_test
from apps.channels.errors import ChannelError
from apps.channels.forms import AccountForm, SenderRuleForm, account_form, without_password
from apps.channels.labels import channel_label, say_rule
from apps.channels.models import Account, Delivery, InboundMessage, SenderRule
from apps.common.admin import BoundedAdmin, HistoryAdmin, ReadOnlyAdmin


class ChannelFilter(admin.SimpleListFilter):
    """Channels by their names."""

    title = _("channel")
    parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Channel.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        return queryset.filter(channel=chosen) if chosen else queryset


@admin.register(Account)
class AccountAdmin(HistoryAdmin):
    list_display = (
        "name",
        "channel_name",
        "address",
        "team",
        "is_default",
        "is_enabled",
        "last_success_at",
        "last_error",
    )
    list_filter = (ChannelFilter, "team", "is_enabled", "is_default")
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
    actions_submit_line: tuple[str, ...] = (  # type: ignore[assignment]
        "save_and_check",
        "save_and_test",
    )
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
        (
            _("Health"),
            {"fields": ("last_success_at", "last_error", "last_error_at", "test_to")},
        ),
    )

    @property
    def form(self) -> type[AccountForm]:  # type: ignore[override]
        """Drivers come to be known after this module is loaded."""
        return account_form()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The settings of drivers stand below the servers."""
        *first, health = self.fieldsets
        own = self.form.own_options
        mailbox = [(_("Mailbox"), {"fields": own})] if own else []
        return [*first, *mailbox, health]

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

    @action(description=_("Save and send a test"), permissions=["change"])
    def save_and_test(self, request: HttpRequest, account: Account) -> None:
        """Queue a test message; it leaves as every other does, and shows what becomes of it."""
        to = request.POST.get("test_to", "").strip() or getattr(request.user, "email", "")
        try:
            with transaction.atomic():
                delivery = send_test(account=account, to=to, actor=request.user)  # type: ignore[arg-type]
        except (ChannelError, CaseError) as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return
        address = reverse("admin:contact_channels_delivery_change", args=[delivery.pk])
        text = gettext("A test to %(address)s is on its way:") % {"address": to}
        link = format_html('{} <a href="{}">{}</a>', text, address, gettext("what becomes of it"))
        self.message_user(request, link)

    @admin.display(description=_("channel"), ordering="channel")
    def channel_name(self, account: Account) -> str:
        return channel_label(account.channel)

    @action(description=_("Check the connection"), permissions=["change"])
    def check_selected(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        for account in accounts:
            self._check(request, account)

    def _check(self, request: HttpRequest, account: Account) -> None:
        for step in check_steps(account):
            level = messages.SUCCESS if step.works else messages.ERROR
            self.message_user(request, f"{account.name}: {step.text}", level)


@admin.register(InboundMessage)
class InboundMessageAdmin(ReadOnlyAdmin):
    list_display = ("id", "received_at", "account", "state", "size", "case_number", "why")
    list_filter = ("state", "account", "received_at")
    list_select_related = ("account", "case")
    ordering = ("-id",)
    search_fields = ("=id", "=content_hash", "reason")
    search_help_text = _("The input's number, its SHA-256, or words of the reason.")
    readonly_fields = ("download",)

    @admin.display(description=_("case"))
    def case_number(self, inbound: InboundMessage) -> str:
        return inbound.case.number if inbound.case else ""

    @admin.display(description=_("reason"))
    def why(self, inbound: InboundMessage) -> str:
        return say_rule(inbound.reason)

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
class SenderRuleAdmin(BoundedAdmin):
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
