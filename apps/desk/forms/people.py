"""What people set for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.accounts.enums import Presence, Role, Theme
from apps.accounts.errors import BadPeriod
from apps.accounts.forms import LANGUAGES, zone_choices
from apps.accounts.models import Team, User
from apps.common.timefields import LaterField, moment_input
from apps.desk.forms.base import DeskForm

if TYPE_CHECKING:
    UserModelForm = forms.ModelForm[User]
else:  # Django's own form takes no type at run time
    UserModelForm = forms.ModelForm


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(choices=Theme.choices, required=False)


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)


class PresenceForm(forms.Form):
    presence = forms.ChoiceField(choices=Presence.choices)


class AbsenceForm(DeskForm):
    """A time in which one is not there, in one's own time zone."""

    begins_at = LaterField(label=_("From"), widget=moment_input())
    ends_at = LaterField(label=_("Until"), widget=moment_input())
    reason = forms.CharField(label=_("Reason"), required=False, max_length=100)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("begins_at"), cleaned.get("ends_at")
        if begins and ends and ends <= begins:
            self.add_error("ends_at", str(BadPeriod()))
        return cleaned


class InviteForm(DeskForm):
    """Whom a lead asks into a team of theirs; a superuser may leave the team out."""

    email = forms.EmailField(label=_("Email address"))
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none())
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.AGENT)
    language = forms.ChoiceField(
        label=_("Language of the mail"), choices=settings.LANGUAGES, required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team: Any = self.fields["team"]
        team.queryset = (
            Team.objects.all()
            if user.is_superuser
            else Team.objects.filter(pk__in=user.led_team_ids)
        )
        team.required = not user.is_superuser


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
