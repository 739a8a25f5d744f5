"""How a person wants to be told, of what and where, and up to where they have read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.desk.forms.base import DeskForm
from apps.notifications.domain import Mute, muted_by, wish_of
from apps.notifications.enums import Kind, Place, Rhythm

WISHES = ("mail", "mail_at", "desktop_words", "desktop_quiet")
EVERYTHING = [f"{place}:{kind}" for kind in Kind for place in Place]


def _split(told: str) -> Mute:
    place, _colon, kind = told.partition(":")
    return place, kind


class ReadForm(forms.Form):
    """``until``: the newest line that the person has seen."""

    until = forms.DateTimeField(required=False)


class WishForm(DeskForm):
    mail = forms.ChoiceField(label=gettext_lazy("Mail about what is unread"), choices=Rhythm)
    mail_at = forms.TimeField(
        label=gettext_lazy("Time of the daily mail"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("In your own time zone."),
    )
    desktop_words = forms.BooleanField(required=False)
    desktop_quiet = forms.BooleanField(required=False)
    told = forms.MultipleChoiceField(choices=[(one, one) for one in EVERYTHING], required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        wish, muted = wish_of(user), muted_by(user)
        initial: dict[str, Any] = {name: getattr(wish, name) for name in WISHES}
        initial["told"] = [one for one in EVERYTHING if _split(one) not in muted]
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_told(self) -> set[str]:
        return set(self.cleaned_data["told"])

    @property
    def wish(self) -> dict[str, Any]:
        """What ``change_wish`` is to keep; for a form that is valid."""
        return {name: self.cleaned_data[name] for name in WISHES}

    @property
    def muted(self) -> set[Mute]:
        """What was not ticked; for a form that is valid."""
        return {_split(one) for one in EVERYTHING if one not in self.cleaned_data["told"]}

    @property
    def places(self) -> list[str]:
        return [str(place.label) for place in Place]

    @property
    def kinds(self) -> list[tuple[str, list[tuple[str, str, bool]]]]:
        """For each kind its name and a tick for each place: value, what it says, whether set."""
        ticked = set(self["told"].value() or ())
        return [
            (
                str(kind.label),
                [
                    (value, f"{kind.label}: {place.label}", value in ticked)
                    for place in Place
                    for value in (f"{place}:{kind}",)
                ],
            )
            for kind in Kind
        ]

    def clean_mail(self) -> str:
        chosen: str = self.cleaned_data["mail"]
        if chosen != Rhythm.NEVER and not self.user.email:
            raise forms.ValidationError(
                _("Nobody has entered your mail address yet. Ask an administrator to do so.")
            )
        return chosen
