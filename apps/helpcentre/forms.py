"""What customers type."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.common.filefields import FilesField
from apps.common.timefields import LaterField
from apps.customers.enums import IdentityKind
from apps.customers.identities import normalise
from apps.customers.models import Customer

MAX_TEXT = 20_000
ASAP = "asap"
FURTHEST = timedelta(days=60)
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


class SlotForm(forms.Form):
    """When we shall call: one of the free times, whose value is its beginning in UTC."""

    key = forms.CharField(max_length=36, initial=lambda: uuid.uuid4().hex)
    slot = forms.CharField(
        label=_("When shall we call you?"),
        max_length=40,
        error_messages={"required": _("Choose one of the times.")},
    )
    allows_asap = False

    def clean_slot(self) -> datetime | None:
        """The moment that was chosen, None for as soon as possible."""
        value = self.cleaned_data["slot"]
        if value == ASAP and self.allows_asap:
            return None
        try:
            at = datetime.fromisoformat(value)
            at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError(_("Choose one of the times.")) from error
        if at > timezone.now() + FURTHEST:
            raise forms.ValidationError(_("Choose one of the times."))
        return at

    @property
    def fresh_key(self) -> Any:
        """The key of this form, that of the first press where it came back."""
        return self["key"].value()


class CallbackForm(SlotForm):
    """Also which number, one that we know or another one, and what about."""

    known = forms.ChoiceField(label=_("Which number shall we call?"), required=False)
    other = forms.CharField(label=_("Another number"), max_length=40, required=False)
    text = forms.CharField(label=_("What is it about?"), max_length=500, required=False)
    allows_asap = True

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        phones = customer.identities.filter(kind=IdentityKind.PHONE).order_by("-pk")
        self.numbers = {str(pk): value for pk, value in phones.values_list("pk", "value")}
        choices = [
            (pk, _("Number ending %(digits)s") % {"digits": value[-2:]})
            for pk, value in self.numbers.items()
        ]
        self.fields["known"].choices = choices  # type: ignore[attr-defined]
        self.fields["known"].initial = next(iter(self.numbers), "")
        self.fields["slot"].initial = ASAP

    def clean_other(self) -> str:
        value = self.cleaned_data["other"].strip()
        return normalise(IdentityKind.PHONE, value) if value else ""

    def clean(self) -> dict[str, Any]:
        """``address`` is the number that was typed, else the one that was chosen."""
        data = super().clean() or self.cleaned_data
        address = data.get("other") or self.numbers.get(data.get("known", ""), "")
        if not address and not self.errors:
            example = _("Write the number that we shall call, such as +86 138 0013 8000.")
            self.add_error("other", example)
        return data | {"address": address}
