"""How a person wants to be told, and up to where they have read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.desk.forms.base import DeskForm
from apps.notifications.domain import wish_of
from apps.notifications.enums import Rhythm


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

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        wish = wish_of(user)
        names = ("mail", "mail_at", "desktop_words", "desktop_quiet")
        kwargs.setdefault("initial", {name: getattr(wish, name) for name in names})
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_mail(self) -> str:
        chosen: str = self.cleaned_data["mail"]
        if chosen != Rhythm.NEVER and not self.user.email:
            raise forms.ValidationError(
                _("Nobody has entered your mail address yet. Ask an administrator to do so.")
            )
        return chosen
