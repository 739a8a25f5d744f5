"""What people set for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.accounts.enums import Theme
from apps.accounts.forms import LANGUAGES, zone_choices
from apps.accounts.models import User

if TYPE_CHECKING:
    UserModelForm = forms.ModelForm[User]
else:  # Django's own form takes no type at run time
    UserModelForm = forms.ModelForm


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(choices=Theme.choices, required=False)


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)


class ProfileForm(UserModelForm):
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=LANGUAGES,
    )
    timezone = forms.ChoiceField(label=_("Time zone"), required=False, choices=zone_choices())

    class Meta:
        model = User
        fields = [
            "display_name",
            "language",
            "timezone",
            "theme",
            "signature",
            "keyboard_shortcuts",
            "working_hours",
            "capacity",
        ]
        widgets = {"signature": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput):
                field.widget.attrs.setdefault("class", "inp")
