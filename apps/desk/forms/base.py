"""What the desk's forms share."""

from __future__ import annotations

from typing import Any

from django import forms


class DeskForm(forms.Form):
    """A form in the desk's dress; labels carry no colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput | forms.RadioSelect):
                field.widget.attrs.setdefault("class", "inp")
