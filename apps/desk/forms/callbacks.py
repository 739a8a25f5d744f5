"""What is said of promises: which are listed, how an attempt went, when it shall be instead."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.cases.models import Case
from apps.common.timefields import LaterField, moment_input
from apps.customers.identities import normalise
from apps.desk.dayplan import Range
from apps.desk.forms.base import DeskForm
from apps.desk.forms.composing import WRONG_TIME
from apps.desk.forms.warned import WarnedForm
from apps.desk.owed import Tab
from apps.promises import kinds
from apps.promises.enums import Outcome

# What one press says; another time is agreed in a form of its own.
BY_PRESS = [one for one in Outcome if one is not Outcome.REACHED_NEW_TIME]


class ListForm(forms.Form):
    """What the page of promises is asked for. A wrong value counts as none."""

    tab = forms.ChoiceField(required=False, choices=[(tab, tab) for tab in Tab])
    kind = forms.CharField(required=False, max_length=30)
    on = forms.IntegerField(required=False)
    day = forms.DateField(required=False)
    range = forms.ChoiceField(required=False, choices=[(one, one) for one in Range])
    team = forms.IntegerField(required=False)
    after = forms.CharField(required=False, max_length=80)

    def clean_kind(self) -> str:
        kind: str = self.cleaned_data["kind"]
        return kind if kinds.has(kind) else ""

    def values(self) -> dict[str, Any]:
        """What of the input holds, the defaults for the rest."""
        self.full_clean()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        tab, span = Tab(given.get("tab", Tab.MINE)), Range(given.get("range", Range.DAY))
        return (
            {"kind": "", "on": None, "team": None, "after": ""}
            | given
            | {
                "tab": tab,
                "range": span,
                "day": _near(given.get("day")),
            }
        )


class AttemptForm(DeskForm):
    """How a call went; ``sure``: what the customer asked us not to do was read and put aside."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it?"),
        choices=[("", ""), *((one.value, one.label) for one in BY_PRESS)],
    )
    note = forms.CharField(
        label=gettext_lazy("Note for colleagues"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    @property
    def is_sure(self) -> bool:
        """Whether the next press puts aside what speaks against it."""
        return bool(self.data.get("sure"))

    def put_aside(self) -> AttemptForm:
        """The same words for a next press that says: all the same."""
        asked = AttemptForm({**self.cleaned_data, "sure": "on"})
        asked.fields["outcome"].widget = forms.HiddenInput()
        return asked


class MoveForm(WarnedForm):
    due_at = LaterField(
        label=gettext_lazy("New time"),
        widget=moment_input(),
        error_messages={"invalid": WRONG_TIME},
    )
    owner = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Who calls"),
        required=False,
        empty_label=gettext_lazy("As it is"),
    )
    consent = forms.CharField(
        label=gettext_lazy("How did the customer agree?"),
        max_length=500,
        help_text=gettext_lazy("Such as: by phone just now. A time changes with their yes alone."),
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, memberships__isnull=False)
        if case.team_id:
            people = people.filter(memberships__team=case.team_id)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)  # noqa: S101 - declared above
        owner.queryset = people.distinct().order_by("display_name", "username")


class PlanForm(DeskForm):
    number = forms.CharField(
        label=gettext_lazy("Case"),
        max_length=20,
        widget=forms.TextInput(attrs={"placeholder": "CC-000123"}),
    )
    at = LaterField(
        label=gettext_lazy("When"),
        widget=moment_input(),
        error_messages={"invalid": WRONG_TIME},
        required=False,
        help_text=gettext_lazy("As soon as somebody has time when empty."),
    )
    address = forms.CharField(
        label=gettext_lazy("Number to call"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("The customer's own number when empty."),
    )
    text = forms.CharField(label=gettext_lazy("What about"), required=False, max_length=500)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_number(self) -> Case:
        number = self.cleaned_data["number"].strip()
        found = Case.objects.writable_by(self.user).by_number(number).first()
        if found is None:
            raise ValidationError(_("There is no such case. Write its number as CC-000123."))
        return found

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        return normalise("phone", address) if address else ""


def _near(day: date | None) -> date:
    """Today for a day that is none, or so far away that no calendar has it."""
    today = timezone.localdate()
    return day if day and abs((day - today).days) <= 366 else today
