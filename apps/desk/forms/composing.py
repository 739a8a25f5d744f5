"""What an agent writes: an answer to the customer, a note to colleagues, a call on record."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.cases.enums import Channel, Direction
from apps.desk.forms.base import DeskForm
from apps.desk.forms.fields import AddressListField, FilesField

MAX_TEXT = 200_000


class Composed(DeskForm):
    """``key`` makes a second press harmless."""

    key = forms.CharField(max_length=36, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Text"),
        max_length=MAX_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write something first.")},
    )
    attachments = FilesField(label=_("Files"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["class"] = "write"
        self.fields["key"].initial = lambda: uuid.uuid4().hex

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()
        if not text:
            raise forms.ValidationError(self.fields["text"].error_messages["required"])
        return text


class ReplyForm(Composed):
    """``seen`` is the newest message that was on the page when the answer was begun."""

    prefix = "reply"
    to = AddressListField(
        label=_("To"),
        error_messages={"required": _("Say whom the answer goes to.")},
    )
    cc = AddressListField(label=_("Copy"), required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["placeholder"] = _("Answer the customer")
        self.fields["text"].label = _("Answer to the customer")


class NoteForm(Composed):
    prefix = "note"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["placeholder"] = _(
            "Only colleagues read this. @name lets somebody follow the case."
        )
        self.fields["text"].label = _("Internal note")


class CallForm(Composed):
    """Words that were exchanged where no driver carries them: by phone or at the desk."""

    prefix = "call"
    attachments = None  # type: ignore[assignment]
    channel = forms.ChoiceField(
        label=_("Where"),
        choices=[
            (Channel.PHONE, Channel.PHONE.label),
            (Channel.RECEPTION, Channel.RECEPTION.label),
        ],
    )
    direction = forms.ChoiceField(
        label=_("Who"),
        choices=[
            (Direction.INBOUND, _("The customer came to us")),
            (Direction.OUTBOUND, _("We went to the customer")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["placeholder"] = _("What was said")
        self.fields["text"].label = _("What was said")
