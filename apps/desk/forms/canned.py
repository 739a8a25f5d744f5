"""Canned replies, one's own and those of the teams that one leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.cases.domain import CannedTexts
from apps.cases.models import CannedReply
from apps.desk.forms.base import Remembering

if TYPE_CHECKING:
    CannedModelForm = forms.ModelForm[CannedReply]
else:  # Django's own form takes no type at run time
    CannedModelForm = forms.ModelForm

MINE, EVERYBODY, TEAM = "mine", "everybody", "team-"


class CannedReplyForm(Remembering, CannedModelForm):
    """``for_whom`` offers only what the person may decide."""

    for_whom = forms.ChoiceField(label=_("For"))

    class Meta:
        model = CannedReply
        fields = ("name", "text_en", "text_zh")
        widgets = {
            "text_en": forms.Textarea(attrs={"rows": 6, "lang": "en"}),
            "text_zh": forms.Textarea(attrs={"rows": 6, "lang": "zh-Hans"}),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        led = Team.objects.all()
        if not user.is_superuser:
            led = led.filter(pk__in=user.led_team_ids)
        self.teams = {f"{TEAM}{team.pk}": team for team in led}
        choices = [(MINE, _("me alone")), *((key, team.name) for key, team in self.teams.items())]
        if user.is_superuser:
            choices.append((EVERYBODY, _("everybody")))
        field = self.fields["for_whom"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = choices
        field.initial = self._current()
        self.stored = {name: getattr(self.instance, name) for name in self.Meta.fields}
        self.remember(self.stored if self.instance.pk else ())
        for one in self.fields.values():
            one.widget.attrs.setdefault("class", "inp")

    def wanted(self) -> dict[str, Any]:
        """What ``save_canned`` is to keep."""
        kept = self.untouched()
        values = self.cleaned_data | {name: self.stored[name] for name in kept}
        chosen = values["for_whom"]
        texts = CannedTexts(values["name"], values["text_en"], values["text_zh"])
        return {
            "texts": texts,
            "team": self.teams.get(chosen),
            "personal": chosen == MINE,
        }

    def _current(self) -> str:
        if self.instance.owner_id:
            return MINE
        return f"{TEAM}{self.instance.team_id}" if self.instance.team_id else EVERYBODY
