"""What customers type."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.common.filefields import FilesField
from apps.common.timefields import LaterField
from apps.customers.enums import IdentityKind
from apps.customers.identities import normalise

MAX_TEXT = 20_000
_NUMBER = re.compile(r"(?:CC)?[\s-]*0*(\d{1,15})", re.IGNORECASE | re.ASCII)


class EntryForm(forms.Form):
    """The number of a request and an address, each in any usual spelling."""

    number = forms.CharField(
        label=_("Number of your request"),
        max_length=40,
        error_messages={"required": _("Write the number that stands in our message.")},
    )
    address = forms.CharField(
        label=_("Your email address or phone number"),
        max_length=320,
        error_messages={"required": _("Write the address that you wrote to us from.")},
    )

    def clean_number(self) -> str:
        match = _NUMBER.fullmatch(self.cleaned_data["number"].strip())
        if match is None:
            raise forms.ValidationError(_("Write the number like this: CC-000123."))
        return f"CC-{int(match[1]):06d}"

    def clean_address(self) -> tuple[str, str]:
        """The kind and the normal form; raises with what to write."""
        value = self.cleaned_data["address"]
        kind = IdentityKind.EMAIL if "@" in value else IdentityKind.PHONE
        return kind, normalise(kind, value)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        error_messages={"required": _("Write the code from our message.")},
    )


class WordsForm(forms.Form):
    """What the customer writes; ``key`` makes a second press harmless."""

    key = forms.CharField(max_length=36, initial=lambda: uuid.uuid4().hex)
    text = forms.CharField(
        label=_("What would you like to tell us?"),
        max_length=MAX_TEXT,
        strip=False,
        error_messages={"required": _("Write something first.")},
    )
    attachments = FilesField(label=_("Files"), required=False)

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()
        if not text:
            raise forms.ValidationError(_("Write something first."))
        return text

    @property
    def fresh_key(self) -> Any:
        """The key of this form, that of the first press where it came back."""
        return self["key"].value()


class NotYetForm(WordsForm):
    prefix = "not-yet"
    text = forms.CharField(
        label=_("What does not work yet?"), max_length=MAX_TEXT, strip=False, required=False
    )
    attachments = None  # type: ignore[assignment]  # Django's way to leave a field out

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()
        return text or str(_("It does not work yet."))


class AnswerForm(forms.Form):
    """The answer of somebody behind the scenes."""

    answer = forms.CharField(
        label=_("Your answer"),
        max_length=MAX_TEXT,
        strip=False,
        error_messages={"required": _("Write something first.")},
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        error_messages={"required": _("Write your name, so that we know whom to thank.")},
    )
    restored_at = LaterField(
        label=_("Works again by"),
        required=False,
        error_messages={"invalid": _("Write the time as 2026-12-31 09:30.")},
    )

    def clean_answer(self) -> str:
        text = str(self.cleaned_data["answer"]).replace("\r\n", "\n").strip()
        if not text:
            raise forms.ValidationError(_("Write something first."))
        return text
