"""Giving one's word: what, by when on the customer's clock, and who keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.cases.models import Case
from apps.common.moments import (
    LocalMoment,
    NoSuchZone,
    SkippedTime,
    local_moment,
    read_zone,
    zone_names,
)
from apps.desk.forms.assigning import colleagues
from apps.desk.forms.base import DeskForm
from apps.desk.forms.cases import PersonField
from apps.desk.forms.warned import REPEATED, WarnedForm
from apps.promises import kinds
from apps.promises.domain import PromiseWarning
from apps.promises.domain.making import next_step, number_of, zone_of
from apps.promises.enums import NOT_REACHED, Kind, Outcome
from apps.promises.errors import PromiseError

AT = "at"
SPANS = {"20": timedelta(minutes=20), "60": timedelta(hours=1)}
WHEN = (
    ("20", gettext_lazy("In 20 minutes")),
    ("60", gettext_lazy("In an hour")),
    (AT, gettext_lazy("On a day, at a time")),
)
FIELDS = {"due_at": "time", "window_end": "until"}  # a verb's inputs, as they are called here


def hand_kinds() -> list[tuple[str, Any]]:
    """What a person can promise; clocks of answers follow from what was said."""
    return [(one.slug, one.label) for one in kinds.all_kinds() if not (one.derived or one.own_verb)]


class WhenForm(WarnedForm):
    """A time on the customer's clock, with an end where it is a window.

    Once it is valid, ``due_at`` and ``window_end`` are in UTC, and ``within`` is the span that was
    asked for, where it was one from now. ``fold`` says which one is meant of a time that the
    clock shows twice, once somebody has chosen.
    """

    when = forms.ChoiceField(
        label=gettext_lazy("When"), choices=WHEN, widget=forms.RadioSelect, initial=AT
    )
    day = forms.DateField(
        label=gettext_lazy("Day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    time = forms.TimeField(
        label=gettext_lazy("Time"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, "%H:%M"),
    )
    until = forms.TimeField(
        label=gettext_lazy("or until"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, "%H:%M"),
    )
    zone = forms.CharField(
        label=gettext_lazy("Time zone of the customer"),
        max_length=64,
        widget=forms.TextInput({"list": "zones", "autocomplete": "off"}),
    )
    fold = forms.CharField(required=False, max_length=1, widget=forms.HiddenInput)

    due_at: datetime | None = None
    window_end: datetime | None = None
    within: timedelta | None = None
    twice: LocalMoment | None = None

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        self.home = zone
        super().__init__(*args, **kwargs)
        begin = next_step(timezone.now()).astimezone(ZoneInfo(zone))
        for name, value in (("zone", zone), ("day", begin.date()), ("time", begin.time())):
            self.fields[name].initial = value

    def put(self, at: datetime, data: Mapping[str, Any]) -> dict[str, str]:
        """A day and a time on the customer's clock."""
        typed = str(data.get("zone", ""))  # before the form has its data
        local = at.astimezone(ZoneInfo(typed if typed in zone_names() else self.home))
        return {
            "when": AT,
            "day": f"{local:%Y-%m-%d}",
            "time": f"{local:%H:%M}",
            "until": "",
            "fold": str(local.fold),
        }

    def repeated(self) -> PromiseWarning | None:
        if not self.twice or not self.twice.other:
            return None
        first = _("The clock shows that time twice that night. The first one is meant.")
        return PromiseWarning(REPEATED, first, self.twice.other)

    @property
    def clock(self) -> str:
        typed = str(self["zone"].value() or "")
        return typed if typed in zone_names() else self.home

    @property
    def clocks(self) -> tuple[str, str]:
        """What it is now for the reader and for the customer; nothing where that is the same."""
        here = timezone.localtime()
        try:
            there = here.astimezone(read_zone(str(self["zone"].value() or "")))
        except NoSuchZone:
            return "", ""
        if here.utcoffset() == there.utcoffset():
            return "", ""
        return f"{here:%H:%M}", f"{there:%H:%M}"

    @property
    def near_zones(self) -> list[str]:
        """What is offered while a zone is typed: those of where people live."""
        return sorted(name for name in zone_names() if name.count("/") == 1 and "Etc" not in name)

    def is_asked(self) -> bool:
        """Whether a time is needed at all."""
        return True

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.is_asked() and not self.errors:
            self._read(values)
        return values

    def _read(self, values: dict[str, Any]) -> None:
        try:
            read_zone(values["zone"])
        except NoSuchZone as error:
            self.add_error("zone", str(error))
            return
        if span := SPANS.get(values["when"]):
            self.due_at, self.within = timezone.now() + span, span
            return
        for name in ("day", "time"):
            if not values.get(name):
                self.add_error(name, _("Say the day and the time."))
                return
        self.due_at = self._moment(values["day"], values["time"], "time")
        if values.get("until") and self.due_at:
            day = values["day"] + timedelta(days=values["until"] < values["time"])
            self.window_end = self._moment(day, values["until"], "until")

    def _moment(self, day: date, at: clock_time, field: str) -> datetime | None:
        try:
            fold = int(self.cleaned_data["fold"] == "1") if self.cleaned_data["fold"] else None
            found = local_moment(day, at, self.cleaned_data["zone"], fold)
        except SkippedTime as error:
            self.add_error(field, str(error))
            return None
        except OverflowError:
            self.add_error("day", _("That day is too far away."))
            return None
        self.twice = self.twice or (found if found.is_ambiguous and fold is None else None)
        return found.at

    def refuse(self, refusal: Exception) -> None:
        """Say what a verb says against it, beside the field that is wrong."""
        named = (
            FIELDS.get(refusal.field, refusal.field) if isinstance(refusal, PromiseError) else ""
        )
        self.add_error(named if named in self.fields else None, str(refusal))


class PromiseForm(WhenForm):
    kind = forms.ChoiceField(label=gettext_lazy("What"))
    text = forms.CharField(
        label=gettext_lazy("As told to the customer"), required=False, max_length=500
    )
    address = forms.CharField(
        label=gettext_lazy("Number to call"),
        required=False,
        max_length=320,
        widget=forms.TextInput({"type": "tel", "list": "numbers", "autocomplete": "off"}),
    )
    owner = PersonField(
        User.objects.none(), label=gettext_lazy("Who keeps it"), required=False, empty_label=None
    )

    field_order = ("kind", "text", "when", "day", "time", "until", "zone", "address", "owner")

    def __init__(self, *args: Any, case: Case, user: User, **kwargs: Any) -> None:
        super().__init__(*args, zone=zone_of(case), **kwargs)
        self.numbers = [value for kind, value in case.customer.addresses() if kind == "phone"]
        self.fields["address"].initial = number_of(case) if self.numbers else ""
        self.fields["kind"].choices = hand_kinds()  # type: ignore[attr-defined]
        self.fields["kind"].initial = Kind.CALLBACK if self.numbers else Kind.PROGRESS_UPDATE
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)  # noqa: S101 - declared above
        owner.queryset = colleagues(case, user)
        owner.initial = case.owner_id or user.pk


class MoveForm(WhenForm):
    consent = forms.CharField(
        label=gettext_lazy("How did the customer agree?"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("For example: by phone just now."),
    )


class WithdrawForm(DeskForm):
    reason = forms.CharField(
        label=gettext_lazy("Why is it withdrawn?"), required=False, max_length=500
    )


class GiveForm(DeskForm):
    owner = PersonField(User.objects.none(), label=gettext_lazy("Colleague"))

    def __init__(self, *args: Any, case: Case, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)  # noqa: S101 - declared above
        owner.queryset = colleagues(case, user)


class AttemptForm(WhenForm):
    """A time is needed where the customer agreed to another one.

    ``hints`` say from the beginning what the customer does not want done.
    """

    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it?"),
        choices=[(one.value, one.label) for one in Outcome],
        widget=forms.RadioSelect,
        initial=Outcome.NO_ANSWER,
    )
    note = forms.CharField(
        label=gettext_lazy("Note for colleagues"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    field_order = ("outcome", "note", "when", "day", "time", "until", "zone")

    def __init__(self, *args: Any, hints: Sequence[PromiseWarning], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hints = hints

    def is_asked(self) -> bool:
        return self.data.get(self.add_prefix("outcome")) == Outcome.REACHED_NEW_TIME

    @property
    def reached(self) -> bool:
        return self.cleaned_data["outcome"] not in NOT_REACHED
