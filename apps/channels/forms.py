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
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from apps.channels import options, registry
from apps.channels.doors import Configurable, OptionField
from apps.channels.driver import BadSetting
from apps.channels.labels import channel_label
from apps.channels.models import Account, SenderRule
from apps.channels.senders import clean_sender
from apps.common.hours import EXAMPLE, EXAMPLE_DAYS

if TYPE_CHECKING:
    AccountModelForm = forms.ModelForm[Account]
    SenderRuleModelForm = forms.ModelForm[SenderRule]
else:  # Django's own form takes no type at run time
    AccountModelForm = SenderRuleModelForm = forms.ModelForm

SECRETS = ("incoming", "outgoing")
KEEP = _("Leave empty to keep what is set. Example: {example}")
SWITCHES = ("acknowledge", "spam_filter")
OF_WRITING = "signature_html"
WORDS = ("hours", "closed_days", "timezone", "spam_subject")
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


def channel_choices() -> list[tuple[str, Any]]:
    return [(driver.slug, channel_label(driver.slug)) for driver in registry.all_drivers()]


def option_fields(channel: str = "") -> list[OptionField]:
    """The settings that drivers have of their own; those of one driver where it is named."""
    drivers = [registry.get(channel)] if channel else registry.all_drivers()
    own = [one for one in drivers if isinstance(one, Configurable)]
    return [field for driver in own for field in driver.option_fields()]


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
    acknowledge = forms.BooleanField(
        label=_("Acknowledge new cases"),
        required=False,
        widget=UnfoldBooleanWidget,
        help_text=_("Sends a receipt with the case's number, to one person once an hour at most."),
    )
    hours = forms.CharField(
        label=_("Opening hours"),
        required=False,
        max_length=500,
        widget=UnfoldAdminTextInputWidget,
        help_text=format_lazy(
            _("The receipt says when we answer outside of them. Example: {example}"),
            example=EXAMPLE,
        ),
    )
    closed_days = forms.CharField(
        label=_("Closed days"),
        required=False,
        max_length=4000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=format_lazy(
            _("Holidays on which nobody answers. Example: {example}"), example=EXAMPLE_DAYS
        ),
    )
    signature_html = forms.CharField(
        label=_("Signature with formatting"),
        required=False,
        max_length=20_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("HTML below answers with formatting; the plain signature when empty."),
    )
    timezone = forms.CharField(
        label=_("Time zone"),
        required=False,
        max_length=64,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Of the opening hours, such as Asia/Shanghai; the site's own when empty."),
    )
    spam_filter = forms.BooleanField(
        label=_("Heed spam marks"),
        required=False,
        initial=True,
        widget=UnfoldBooleanWidget,
        help_text=_("New cases that a filter before us marks as spam are set aside."),
    )
    spam_subject = forms.CharField(
        label=_("Spam mark in subjects"),
        required=False,
        max_length=50,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("What that filter writes in front of subjects, such as [SPAM]."),
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
    test_to = forms.EmailField(
        label=_("Send a test to"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("For the button below; to your own address when empty."),
    )
    forget_incoming = forms.BooleanField(
        label=_("Remove the incoming server"), required=False, widget=UnfoldBooleanWidget
    )
    forget_outgoing = forms.BooleanField(
        label=_("Remove the outgoing server"), required=False, widget=UnfoldBooleanWidget
    )

    own_options: tuple[str, ...] = ()

    class Meta:
        model = Account
        fields = ("channel", "name", "address", "display_name", "team", "is_enabled", "signature")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SECRETS:  # what is set never goes into the page
            self.initial.pop(name, None)
        self.initial["default"] = self.instance.is_default
        for name in (*options.CLEANERS, *self.own_options, OF_WRITING):
            if name in self.instance.options:
                value = self.instance.options[name]
                self.initial[name] = value == "1" if name in SWITCHES else value

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        channel = values.get("channel") or self.instance.channel
        if channel:
            try:
                cleaned = registry.get(channel).clean_settings(self._servers(values))
                values["address"] = cleaned.get("address", "")
            except BadSetting as error:
                self.add_error(error.name if error.name in self.fields else None, error.reason)
        for name in WORDS:
            try:
                options.clean_option(name, values.get(name, ""))
            except BadSetting as error:
                self.add_error(name, error.reason)
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
            **{name: "1" if values[name] else "0" for name in SWITCHES},
            **{name: values[name] for name in WORDS},
            **({} if days is None else {"reopen_days": str(days)}),
            **self._formatted(values["signature_html"]),
        }

    def _formatted(self, signature: str) -> dict[str, str]:
        """Only what is set: not every driver knows formatting."""
        before = self.instance.options.get(OF_WRITING, "")
        return {OF_WRITING: signature} if signature or before else {}

    def _servers(self, values: dict[str, Any]) -> dict[str, str]:
        given = {"address": values.get("address", "")}
        channel = values.get("channel") or self.instance.channel
        own = option_fields(channel) if channel else ()
        given |= {one.name: values.get(one.name, "") for one in own}
        for name in SECRETS:
            if values.get(f"forget_{name}"):
                given[name] = ""
            elif values.get(name):
                given[name] = values[name]
        return given


def account_form() -> type[AccountForm]:
    """The form of an account with the settings of all drivers that are there."""
    own = {
        one.name: forms.CharField(
            label=one.label,
            required=False,
            max_length=500,
            widget=UnfoldAdminTextInputWidget,
            help_text=one.help_text,
        )
        for one in option_fields()
    }
    return type("AccountForm", (AccountForm,), {**own, "own_options": tuple(own)})


class SenderRuleForm(SenderRuleModelForm):
    """Takes an address or a domain as people write them."""

    class Meta:
        model = SenderRule
        fields = ("value", "verdict", "team")

    def clean_value(self) -> str:
        return clean_sender(self.cleaned_data["value"])
