"""Decisions about what is stuck, and about senders."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.channels.enums import Verdict
from apps.channels.senders import clean_sender
from apps.desk.forms.base import DeskForm

MOST_ROWS = 200


class Keys(forms.TypedMultipleChoiceField):
    """Keys of rows, whichever: rights are asked for each of them later."""

    def __init__(self) -> None:
        super().__init__(coerce=int, required=False)

    def valid_value(self, value: object) -> bool:
        text = str(value)
        return text.isascii() and text.isdecimal() and len(text) < 19


class BulkForm(forms.Form):
    deed = forms.ChoiceField(choices=[(name, name) for name in ("retry", "cancel", "settle")])
    delivery = Keys()
    input = Keys()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        count = len(values.get("delivery", ())) + len(values.get("input", ()))
        if not count:
            raise forms.ValidationError(_("Tick something first."))
        if count > MOST_ROWS:
            raise forms.ValidationError(
                _("Tick %(most)s at most."), params={"most": str(MOST_ROWS)}
            )
        return values


class SenderForm(DeskForm):
    """A sender to block or to allow, by whoever leads a team."""

    value = forms.CharField(
        label=_("Address or domain"),
        max_length=320,
        help_text=_("Such as ana@example.org, or example.org with all that belongs to it."),
    )
    verdict = forms.ChoiceField(label=_("Verdict"), choices=Verdict.choices)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none())

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)  # noqa: S101 - declared above
        if user.is_superuser:
            team.queryset, team.empty_label = Team.objects.all(), _("all teams")
            team.required = False
        else:
            team.queryset = Team.objects.filter(pk__in=user.led_team_ids)
            team.empty_label = None

    def clean_value(self) -> str:
        return clean_sender(self.cleaned_data["value"])
