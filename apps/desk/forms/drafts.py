"""What a window says when it saves the words of a composer or of another form."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from apps.cases.models.canned import MAX_CANNED
from apps.desk.drafts import NEW, Mark
from apps.desk.forms import callbacks
from apps.desk.forms.assigning import AssignForm
from apps.desk.forms.behind import AskForm, RecordForm, SeniorForm
from apps.desk.forms.campaigns import CampaignForm
from apps.desk.forms.canned import CannedReplyForm
from apps.desk.forms.cases import EditForm
from apps.desk.forms.composing import MAX_HTML, MAX_TEXT, CallForm, NoteForm, ReplyForm
from apps.desk.forms.forwarding import ForwardForm
from apps.desk.forms.merging import MergeForm, ParticipantsForm, SplitForm
from apps.desk.forms.newcase import NewCaseForm
from apps.desk.forms.people import AbsenceForm, ProfileForm
from apps.desk.forms.promises import AttemptForm, MoveForm, PromiseForm, WithdrawForm
from apps.desk.forms.remembering import RememberForm

MAX_LINE = 5000
MOST = {
    "listed": MAX_TEXT,
    "script": 10_000,
    "text": MAX_TEXT,
    "html": MAX_HTML,
    "text_en": MAX_CANNED,
    "text_zh": MAX_CANNED,
}
OF_CASE: dict[str, type[forms.BaseForm]] = {
    "reply": ReplyForm,
    "note": NoteForm,
    "call": CallForm,
    "forward": ForwardForm,
    "edit": EditForm,
    "assign": AssignForm,
    "promise": PromiseForm,
    "ask": AskForm,
    "senior": SeniorForm,
    "remember": RememberForm,
    "seats": ParticipantsForm,
    "split": SplitForm,
    "merge": MergeForm,
}
# Panels about one promise.
OF_PROMISE: dict[str, type[forms.BaseForm]] = {
    "move": MoveForm,
    "withdraw": WithdrawForm,
    "attempt": AttemptForm,
    "shift": callbacks.MoveForm,
    "answer": RecordForm,
}
OF_CUSTOMER = "keepsake"  # what is noted of a customer without a case
CANNED = "canned"  # one for each canned reply, and one for a new one
OF_PAGE: dict[str, type[forms.BaseForm]] = {
    "profile": ProfileForm,
    "absence": AbsenceForm,
    CANNED: CannedReplyForm,
    "campaign": CampaignForm,
    "plan": callbacks.PlanForm,
}
DRAFTED: dict[str, type[forms.BaseForm]] = {
    **OF_CASE,
    **OF_PROMISE,
    **OF_PAGE,
    OF_CUSTOMER: RememberForm,
    NEW: NewCaseForm,
}
# What a form needs beside its words.
NO_WORDS = {"key", "seen", "ended", "reopen", "drafted", "attachments", "kept", "chosen"}
# A database's text holds neither.
UNSTORABLE = dict.fromkeys([0, *range(0xD800, 0xE000)])


class DraftForm(forms.Form):
    """``words`` are a JSON object of the form's fields; ``user`` is who typed them."""

    user = forms.IntegerField()
    base = forms.IntegerField(min_value=0, max_value=10**9)
    stamp = forms.IntegerField(min_value=0, max_value=10**17)
    writer = forms.CharField(max_length=36)
    words = forms.CharField(strip=False)

    def __init__(self, *args: Any, composer: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.composer = composer

    def clean_words(self) -> dict[str, str]:
        try:
            given = json.loads(self.cleaned_data["words"])
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("This is no draft.")) from error
        if not isinstance(given, dict) or not given.keys() <= _names(self.composer):
            raise forms.ValidationError(_("This is no draft."))
        return {name: _storable(name, value) for name, value in given.items() if value}

    @property
    def mark(self) -> Mark:
        values = self.cleaned_data
        return Mark(values["writer"], values["base"], values["stamp"])


def _names(composer: str) -> set[str]:
    form = DRAFTED[composer]
    prefix = f"{form.prefix}-" if form.prefix else ""
    fields = form.base_fields  # type: ignore[attr-defined]  # its metaclass says so
    return {f"{prefix}{name}" for name in fields if name not in NO_WORDS}


def _storable(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise forms.ValidationError(_("This is no draft."))
    most = MOST.get(name.rpartition("-")[2], MAX_LINE)
    if len(value) > most:
        sentence = _("Not saved: more than %(most)d characters. Shorten it to keep it safe.")
        raise forms.ValidationError(sentence % {"most": most})
    return value.translate(UNSTORABLE)
