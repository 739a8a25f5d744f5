"""The form of an account, which shows no secret and forgets none by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminSelectWidget

from apps.channels import registry
from apps.channels.driver import BadSetting
from apps.channels.models import Account

if TYPE_CHECKING:
    AccountModelForm = forms.ModelForm[Account]
else:  # Django's own form takes no type at run time
    AccountModelForm = forms.ModelForm

SECRETS = ("incoming", "outgoing")
KEEP = _("Leave empty to keep what is set. Example: %s")
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
        label=_("channel"), choices=channel_choices, widget=UnfoldAdminSelectWidget
    )
    incoming = forms.CharField(
        label=_("new incoming server"),
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=KEEP % "imaps://user:password@mail.example.org:993",
    )
    outgoing = forms.CharField(
        label=_("new outgoing server"),
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=KEEP % "smtp+starttls://user:password@mail.example.org:587",
    )
    forget_incoming = forms.BooleanField(label=_("remove the incoming server"), required=False)
    forget_outgoing = forms.BooleanField(label=_("remove the outgoing server"), required=False)

    class Meta:
        model = Account
        fields = (
            "channel",
            "name",
            "address",
            "display_name",
            "team",
            "is_default",
            "is_enabled",
            "incoming",
            "outgoing",
            "options",
            "signature",
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for name in SECRETS:
            if values.get(f"forget_{name}"):
                values[name] = ""
            elif not values.get(name):
                values[name] = getattr(self.instance, name)
        self._ask_driver(values)
        return values

    def _ask_driver(self, values: dict[str, Any]) -> None:
        """Let the channel's driver check the settings and bring them into normal form."""
        if "channel" not in values:
            return
        given = {name: values[name] for name in ("address", *SECRETS) if values.get(name)}
        try:
            values.update(registry.get(values["channel"]).clean_settings(given))
        except BadSetting as error:
            self.add_error(error.name if error.name in self.fields else None, error.reason)
