"""What people set for themselves."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from apps.accounts.enums import Theme
from apps.accounts.models import User

if TYPE_CHECKING:
    UserModelForm = forms.ModelForm[User]
else:  # Django's own form takes no type at run time
    UserModelForm = forms.ModelForm


def _zones() -> list[tuple[str, Any]]:
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name or name == "UTC")
    return [("", _("As the installation")), *((name, name) for name in names)]


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(choices=Theme.choices, required=False)


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)


class ProfileForm(UserModelForm):
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("As the browser")), *settings.LANGUAGES],
    )
    timezone = forms.ChoiceField(label=_("Time zone"), required=False, choices=lazy(_zones, list)())

    class Meta:
        model = User
        fields = ["display_name", "language", "timezone", "theme"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "inp")
