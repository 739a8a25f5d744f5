from __future__ import annotations

from django import forms

from apps.cases.domain.handing import MAX_REASON


class DeclineForm(forms.Form):
    reason = forms.CharField(required=False, max_length=MAX_REASON)
