"""Starting a return-visit campaign, and what a visit brought."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.common.timefields import LaterField, moment_input
from apps.customers.models import Customer
from apps.desk.forms.base import DeskForm
from apps.desk.forms.composing import WRONG_TIME
from apps.promises.domain import MOST, Plan, Wanted, choose_customers
from apps.promises.enums import Outcome

DIALS = (
    Outcome.NO_ANSWER,
    Outcome.BUSY,
    Outcome.VOICEMAIL,
    Outcome.WRONG_NUMBER,
    Outcome.REFUSED,
)
SHOWN_UNKNOWN = 10
_BETWEEN = re.compile(r"[\n,;，；、]+")


class CampaignForm(DeskForm):
    """The plan, and the customers: by filters, from a list, or both."""

    name = forms.CharField(label=_("Name"), max_length=200)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), empty_label=None)
    due_at = LaterField(
        label=_("Done by"), widget=moment_input(), error_messages={"invalid": WRONG_TIME}
    )
    script = forms.CharField(
        label=_("Script"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What is said and asked, in the team's own words."),
    )
    outcomes = forms.CharField(
        label=_("Outcomes"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, such as: satisfied, wants an offer, unhappy."),
    )
    words = forms.CharField(label=_("Part of the name"), required=False, max_length=100)
    tag = forms.CharField(label=_("Tag of a case"), required=False, max_length=50)
    organisation = forms.CharField(label=_("Organisation"), required=False, max_length=200)
    listed = forms.CharField(
        label=_("Numbers and addresses"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, or separated by commas."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.found: Sequence[Customer] = ()
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)  # noqa: S101 - declared above
        every = Team.objects.all()
        team.queryset = every if user.is_superuser else every.filter(pk__in=user.led_team_ids)

    def clean_outcomes(self) -> str:
        lines = (line.strip() for line in str(self.cleaned_data["outcomes"]).splitlines())
        kept = list(dict.fromkeys(line for line in lines if line))
        if any(len(line) > 200 for line in kept):
            raise forms.ValidationError(_("An outcome has at most 200 characters."))
        return "\n".join(kept)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        parts = _BETWEEN.split(values.get("listed", ""))
        wanted = Wanted(
            words=values.get("words", ""),
            tag=values.get("tag", ""),
            organisation=values.get("organisation", ""),
            addresses=[part.strip() for part in parts if part.strip()],
        )
        found = choose_customers(actor=self.user, wanted=wanted, most=MOST)
        self.found = found.customers
        if found.unknown:
            few = ", ".join(found.unknown[:SHOWN_UNKNOWN])
            more = "" if len(found.unknown) <= SHOWN_UNKNOWN else " …"
            self.add_error(
                "listed",
                _("Nobody is known by: %(addresses)s. Correct these or take them out.")
                % {"addresses": few + more},
            )
        return values

    def plan(self) -> Plan:
        names = ("name", "team", "due_at", "script", "outcomes")
        return Plan(**{name: self.cleaned_data[name] for name in names})


class OutcomeForm(forms.Form):
    outcome = forms.CharField(max_length=200)


class DialForm(forms.Form):
    """``sure``: what the customer asked us not to do was read and put aside."""

    outcome = forms.ChoiceField(choices=[(one.value, one.label) for one in DIALS])
    sure = forms.BooleanField(required=False)
