"""Noting what a customer wishes: a sentence, and what of it shall act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils import dates
from django.utils.translation import gettext_lazy as _

from apps.customers import quiet
from apps.customers.domain.remembering import MAX_TEXT, MAX_WHY
from apps.customers.enums import ContactChannel, PreferenceKind
from apps.desk.forms.base import DeskForm

KINDS = [
    (PreferenceKind.OTHER.value, _("Remembered only")),
    (PreferenceKind.QUIET_HOURS.value, _("No calls at some hours")),
    (PreferenceKind.CHANNEL.value, _("One channel rather than others")),
    (PreferenceKind.NO_VOICEMAIL.value, _("No voicemail")),
    (PreferenceKind.LANGUAGE.value, _("A language")),
]


def _time() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class RememberForm(DeskForm):
    """``values`` is what ``note_preference`` takes. The text comes first: one types at once."""

    text = forms.CharField(label=_("What we shall remember"), required=False, max_length=MAX_TEXT)
    kind = forms.ChoiceField(label=_("It means"), choices=KINDS, initial=PreferenceKind.OTHER)
    begins = forms.TimeField(label=_("No calls from"), required=False, widget=_time())
    ends = forms.TimeField(label=_("until"), required=False, widget=_time())
    days = forms.MultipleChoiceField(
        label=_("On these days only"),
        required=False,
        choices=[(str(day), dates.WEEKDAYS[day]) for day in quiet.WEEK],
        widget=forms.CheckboxSelectMultiple,
    )
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=ContactChannel.choices)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=settings.LANGUAGES)
    source = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("days", "source"):
            self.fields[name].widget.attrs.pop("class", None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        match cleaned.get("kind"):
            case PreferenceKind.QUIET_HOURS:
                self._check_hours(cleaned)
            case PreferenceKind.OTHER if not cleaned.get("text", "").strip():
                self.add_error("text", _("Write what we shall remember."))
        return cleaned

    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {
            "kind": cleaned["kind"],
            "value": self._value(cleaned),
            "text": cleaned["text"],
            "source": cleaned["source"],
        }

    def _check_hours(self, cleaned: dict[str, Any]) -> None:
        for name in ("begins", "ends"):
            if cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, _("Give a time such as 21:00."))
        begins, ends = cleaned.get("begins"), cleaned.get("ends")
        if begins and begins == ends:
            self.add_error("ends", _("The end must differ from the beginning."))

    def _value(self, cleaned: dict[str, Any]) -> str:
        match cleaned["kind"]:
            case PreferenceKind.QUIET_HOURS:
                days = " ".join(quiet.NAMES[int(day)] for day in cleaned["days"])
                return f"{days} {cleaned['begins']:%H:%M}-{cleaned['ends']:%H:%M}".strip()
            case PreferenceKind.CHANNEL:
                return str(cleaned["channel"])
            case PreferenceKind.LANGUAGE:
                return str(cleaned["language"])
        return ""


class DeedForm(forms.Form):
    """What is pressed beside a line: from which case, and why it holds no longer."""

    case = forms.CharField(required=False, max_length=20)
    why = forms.CharField(required=False, max_length=MAX_WHY)
