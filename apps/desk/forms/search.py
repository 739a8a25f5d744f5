"""The search box."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

MAX_QUERY = 300


class SearchForm(forms.Form):
    q = forms.CharField(
        required=False,
        max_length=MAX_QUERY,
        strip=True,
        error_messages={
            "max_length": _("Search for fewer words: %(limit_value)d characters at most.")
        },
    )
    after = forms.CharField(required=False, max_length=100)

    def __init__(self, data: object) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict
        self.fields["in"] = forms.SlugField(required=False, max_length=30)
