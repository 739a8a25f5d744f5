"""Looking for who can help, and saying what one can help with."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.enums import SkillLevel
from apps.accounts.models import Skill
from apps.desk.forms.base import DeskForm


class HelpForm(DeskForm):
    q = forms.CharField(label=_("Skill, name or team"), required=False, max_length=100)
    skill = forms.ModelChoiceField(
        Skill.objects.all(), label=_("Skill"), required=False, empty_label=_("Any")
    )
    case = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)


class SkillForm(DeskForm):
    skill = forms.ModelChoiceField(Skill.objects.all(), label=_("I can help with"))
    level = forms.ChoiceField(label=_("Level"), choices=SkillLevel, initial=SkillLevel.ABLE)


class ConfirmForm(forms.Form):
    """Back to the same search afterwards."""

    q = forms.CharField(required=False, max_length=100)
    skill = forms.IntegerField(required=False)
