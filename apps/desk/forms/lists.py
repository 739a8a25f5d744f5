"""What lists and searches are asked for. A wrong value falls back to the whole list."""

from __future__ import annotations

from django import forms
from django.http import QueryDict

from apps.desk.inbox import Cursor, Scope
from apps.desk.queues import CHANNELS, Choice


class QueueForm(forms.Form):
    tab = forms.ChoiceField(required=False, choices=[(scope, scope) for scope in Scope])
    channel = forms.ChoiceField(
        required=False, choices=[(channel, channel) for channel in CHANNELS]
    )
    after = forms.CharField(required=False, max_length=60)

    def choice(self) -> Choice:
        """What of the input holds; the rest as if it had not been said."""
        self.full_clean()
        values = self.cleaned_data
        return Choice(
            scope=Scope(values.get("tab") or Scope.MINE),
            channel=values.get("channel") or "",
            after=Cursor.parse(values.get("after") or ""),
        )


def read_choice(query: QueryDict) -> Choice:
    return QueueForm(query).choice()
