"""What an agent writes: an answer to the customer, a note to colleagues, a call on record."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.cases.enums import Channel, Direction
from apps.common.filefields import FilesField, check_files
from apps.desk.forms.fields import AddressListField, LaterField
from apps.desk.models import Upload

MAX_TEXT = 200_000
MAX_HTML = 1_000_000
MAX_AHEAD = timedelta(days=366)
WRONG_TIME = _("Write the time as 2026-12-31 09:30.")
# Fields that stand in templates by hand: what is wrong with them is said above the text.
UNPLACED = {NON_FIELD_ERRORS, "key", "text", "html", "attachments", "kept", "later"}
NOTHING_SAID = _("Write something first.")


class UploadsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # see MessageField
    default_error_messages = {
        "invalid_choice": _("A file is not there any more. Attach it once more."),
    }


class Composed(forms.Form):
    """``key`` makes a second press harmless. The fields stand in the template by hand.

    ``drafted`` says which words of its draft the form showed (Mark.parse).

    ``waiting`` are the person's uploads for this case: ``kept`` are those that stay attached.
    """

    prefix = ""
    key = forms.CharField(max_length=36, initial=lambda: uuid.uuid4().hex)
    text = forms.CharField(
        max_length=MAX_TEXT, strip=False, error_messages={"required": NOTHING_SAID}
    )
    drafted = forms.CharField(max_length=80, required=False)
    attachments = FilesField(required=False)
    kept = UploadsField(Upload.objects.none(), required=False)

    def __init__(self, *args: Any, waiting: QuerySet[Upload] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.fields["kept"]
        assert isinstance(kept, forms.ModelMultipleChoiceField)  # noqa: S101 - declared above
        if waiting is not None:
            kept.queryset = waiting.filter(composer=self.prefix, content_id="")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        new = [file.size or 0 for file in values.get("attachments", ())]
        kept = [file.size for file in values.get("kept", ())]
        try:
            check_files([*new, *kept])
        except forms.ValidationError as error:
            self.add_error("attachments", error)
        return values

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()
        if not text:
            raise forms.ValidationError(NOTHING_SAID)
        return text

    @property
    def problems(self) -> list[str]:
        """Everything that is wrong, as sentences."""
        return [str(sentence) for found in self.errors.values() for sentence in found]

    @property
    def unplaced_problems(self) -> list[str]:
        """As ``problems``, without those of fields that show theirs themselves."""
        found = self.errors.items()
        return [str(each) for name, all_of in found if name in UNPLACED for each in all_of]


class FormattedForm(Composed):
    """Words that may have formatting: ``html`` says the same as ``text``."""

    html = forms.CharField(max_length=MAX_HTML, required=False)


class MailForm(FormattedForm):
    """What a mail to the customer has, whether it answers or begins."""

    cc = AddressListField(label=_("Copy"), required=False)
    later = LaterField(required=False, refuses_twice=True, error_messages={"invalid": WRONG_TIME})

    def clean_later(self) -> datetime | None:
        """The chosen time in the person's own zone, to come and within a year."""
        later: datetime | None = self.cleaned_data["later"]
        now = timezone.now()
        if later and not now < later < now + MAX_AHEAD:
            raise forms.ValidationError(_("Choose a time to come, within a year."))
        return later


class ClosableForm(forms.Form):
    """What is written in a case that a colleague may close meanwhile.

    ``ended`` says which end of the case its page showed (ending.mark); ``reopen`` is the second
    button of a closed case's composer.
    """

    ended = forms.CharField(max_length=40, required=False)
    reopen = forms.BooleanField(required=False)


class ReplyForm(ClosableForm, MailForm):
    """``seen`` is the newest message that was on the page when the answer was begun."""

    prefix = "reply"
    to = AddressListField(error_messages={"required": _("Say whom the answer goes to.")})
    seen = forms.IntegerField(required=False)


class NoteForm(ClosableForm, Composed):
    prefix = "note"


class CallForm(Composed):
    """Words that were exchanged where no driver carries them: by phone or at the desk.

    A call is a fact whatever became of the case, and what the customer said reopens it.
    """

    prefix = "call"
    channels = ((Channel.PHONE, Channel.PHONE.label), (Channel.RECEPTION, Channel.RECEPTION.label))
    directions = (
        (Direction.INBOUND, _("The customer came to us")),
        (Direction.OUTBOUND, _("We went to the customer")),
    )
    channel = forms.ChoiceField(choices=channels, initial=Channel.PHONE)
    direction = forms.ChoiceField(choices=directions, initial=Direction.INBOUND)
