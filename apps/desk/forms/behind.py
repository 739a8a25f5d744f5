"""Asking behind the scenes, when something works again, and a wish for somebody senior."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.cases.models import Case
from apps.common.text import local_time
from apps.common.timefields import LaterField, moment_input
from apps.desk.forms.base import DeskForm
from apps.desk.forms.composing import WRONG_TIME
from apps.desk.forms.warned import WarnedForm
from apps.promises.domain import Question
from apps.promises.enums import Kind
from apps.promises.models import Estimate, Promise

MOST_PROMISES = 50


class AskForm(DeskForm):
    """Whom, what, by when, and which promise to the customer waits for the answer."""

    name = forms.CharField(
        label=_("Whom"), max_length=200, help_text=_("Such as: cable crew, accounts, the maker.")
    )
    address = forms.EmailField(
        label=_("Email address"),
        required=False,
        max_length=320,
        help_text=_(
            "They get the question with a link and need no account. Leave it empty if you ask"
            " them yourself."
        ),
    )
    text = forms.CharField(
        label=_("Question"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    waits = forms.TypedChoiceField(
        label=_("Needed for"), required=False, coerce=int, empty_value=None
    )
    due_at = LaterField(
        label=_("Answer by"), widget=moment_input(), error_messages={"invalid": WRONG_TIME}
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        owed = Promise.objects.owed().filter(case=case).exclude(kind=Kind.INQUIRY)
        promises = list(owed.next_first()[:MOST_PROMISES])
        kwargs.setdefault("initial", _proposal(promises))
        super().__init__(*args, **kwargs)
        waits = self.fields["waits"]
        assert isinstance(waits, forms.TypedChoiceField)  # noqa: S101 - declared above
        waits.choices = [("", _("no promise in particular")), *map(_choice, promises)]

    def question(self) -> Question:
        values = self.cleaned_data
        names = ("name", "text", "due_at", "address", "waits")
        return Question(**{name: values[name] for name in names})


class RecordForm(DeskForm):
    """What somebody said who was asked by phone or in person."""

    text = forms.CharField(
        label=_("Their answer"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    by = forms.CharField(label=_("Who said it"), required=False, max_length=200)
    restored_at = LaterField(
        label=_("Works again by"),
        required=False,
        widget=moment_input(),
        error_messages={"invalid": WRONG_TIME},
        help_text=_("The customer is told this time, and each change of it."),
    )


class EstimateForm(DeskForm):
    restored_at = LaterField(
        label=_("Works again by"),
        widget=moment_input(),
        error_messages={"invalid": WRONG_TIME},
        help_text=_("The customer is told this time, and each change of it."),
    )

    @classmethod
    def of(cls, case: Case) -> EstimateForm:
        """The form with the time that holds now."""
        last = Estimate.objects.filter(case=case).last()
        return cls(initial={"restored_at": last.restored_at if last else None})


class SeniorForm(WarnedForm):
    reason = forms.CharField(
        label=_("Why does the customer wish for somebody senior?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A lead of the team owes the customer a word within an opening hour."),
    )
    due_at = LaterField(required=False, widget=forms.HiddenInput)  # another time, once it is taken


def _choice(promise: Promise) -> tuple[int, str]:
    return promise.pk, f"{promise.told} · {local_time(promise.deadline)}"


def _proposal(promises: list[Promise]) -> dict[str, Any]:
    """Half of the time that is left before the first promise that can still be kept."""
    now = timezone.now()
    first = next((one for one in promises if one.deadline > now + timedelta(minutes=2)), None)
    if first is None:
        return {}
    half = now + (first.deadline - now) / 2
    return {"waits": first.pk, "due_at": half.replace(second=0, microsecond=0)}
