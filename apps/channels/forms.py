"""The form of an account, which shows no secret and forgets none by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldBooleanWidget,
)

from apps.channels import registry
from apps.channels.driver import BadSetting
from apps.channels.models import Account

if TYPE_CHECKING:
    AccountModelForm = forms.ModelForm[Account]
else:  # Django's own form takes no type at run time
    AccountModelForm = forms.ModelForm

SECRETS = ("incoming", "outgoing")
KEEP = _("Leave empty to keep what is set. Example: {example}")
SHOWN_FOR_PASSWORD = "•••"  # noqa: S105 - what stands in its place


def without_password(url: str) -> str:
    """Return an address for reading: a password is replaced, the unreadable not shown at all."""
    try:
        parts = urlsplit(url)
        host = f"{parts.hostname or ''}:{parts.port or ''}".rstrip(":")
    except ValueError:
        return SHOWN_FOR_PASSWORD
    user = f"{parts.username}:{SHOWN_FOR_PASSWORD}@" if parts.username else ""
    return f"{parts.scheme}://{user}{host}" if url else ""


def channel_choices() -> list[tuple[str, str]]:
    return [(driver.slug, driver.slug) for driver in registry.all_drivers()]


class AccountForm(AccountModelForm):
    """Servers may be written and never read; an empty field keeps what is set."""

    channel = forms.ChoiceField(
        label=_("Channel"), choices=channel_choices, widget=UnfoldAdminSelectWidget
    )
    default = forms.BooleanField(
        label=_("Default"),
        required=False,
        widget=UnfoldBooleanWidget,
        help_text=_("Sends what belongs to no other account; takes the mark from the one before."),
    )
    reopen_days = forms.IntegerField(
        label=_("Days to reopen"),
        required=False,
        min_value=0,
        max_value=9999,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("A closed case is taken up again so long; later a linked case begins."),
    )
    incoming = forms.CharField(
        label=_("New incoming server"),
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=format_lazy(KEEP, example="imaps://user:password@mail.example.org:993"),
    )
    outgoing = forms.CharField(
        label=_("New outgoing server"),
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=format_lazy(KEEP, example="smtp+starttls://user:password@mail.example.org:587"),
    )
    forget_incoming = forms.BooleanField(
        label=_("Remove the incoming server"), required=False, widget=UnfoldBooleanWidget
    )
    forget_outgoing = forms.BooleanField(
        label=_("Remove the outgoing server"), required=False, widget=UnfoldBooleanWidget
    )

    class Meta:
        model = Account
        fields = ("channel", "name", "address", "display_name", "team", "is_enabled", "signature")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SECRETS:  # what is set never goes into the page
            self.initial.pop(name, None)
        self.initial["default"] = self.instance.is_default
        self.initial["reopen_days"] = self.instance.options.get("reopen_days")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        channel = values.get("channel") or self.instance.channel
        if channel:
            try:
                cleaned = registry.get(channel).clean_settings(self._servers(values))
                values["address"] = cleaned.get("address", "")
            except BadSetting as error:
                self.add_error(error.name if error.name in self.fields else None, error.reason)
        return values

    def settings(self) -> dict[str, str]:
        """Return what the verb ``save_account`` takes; what is to be kept is left out."""
        values = self.cleaned_data
        days = values["reopen_days"]
        return self._servers(values) | {
            "display_name": values["display_name"],
            "signature": values["signature"],
            "team": values["team"].name if values["team"] else "",
            "default": "1" if values["default"] else "0",
            "enabled": "1" if values["is_enabled"] else "0",
            **({} if days is None else {"reopen_days": str(days)}),
        }

    def _servers(self, values: dict[str, Any]) -> dict[str, str]:
        given = {"address": values.get("address", "")}
        for name in SECRETS:
            if values.get(f"forget_{name}"):
                given[name] = ""
            elif values.get(name):
                given[name] = values[name]
        return given
