"""What a page says of the person in front of it."""

from __future__ import annotations

from enum import StrEnum

from django import forms


class Doing(StrEnum):
    VIEWING = "viewing"
    TYPING = "typing"
    GONE = "gone"


class DoingForm(forms.Form):
    doing = forms.ChoiceField(choices=[(one.value, one.name) for one in Doing])
