"""What the desk's forms share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.common.timefields import LaterField


class Remembering(forms.BaseForm):
    """A form over something that colleagues change, too: fields go with what the page showed.

    ``remember`` says which fields do; ``untouched`` names those that the person left as shown,
    so that a colleague's change of them stays. A form that says nothing of its page has none.
    """

    def remember(self, names: Iterable[str]) -> None:
        for name in names:
            self.fields[name].show_hidden_initial = True

    def untouched(self) -> set[str]:
        shown = {name for name in self.fields if self.add_initial_prefix(name) in self.data}
        return shown - set(self.changed_data)


class DeskForm(forms.Form):
    """A form in the desk's dress; labels carry no colon, and times name the clock they are on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput | forms.RadioSelect):
                field.widget.attrs.setdefault("class", "inp")
            if isinstance(field, LaterField) and not field.widget.is_hidden:
                zone = timezone.get_current_timezone_name()
                clock = _("Times by the clock of %(zone)s.") % {"zone": zone}
                field.help_text = f"{field.help_text} {clock}".strip()

    def notes(self) -> list[str]:
        """What to say of times of a valid form that the clock shows twice."""
        told = (
            field.note(at)
            for name, field in self.fields.items()
            if isinstance(field, LaterField) and (at := self.cleaned_data.get(name))
        )
        return [note for note in told if note]
