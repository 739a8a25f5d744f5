"""A case that an agent opens: a call taken, a visitor at the desk, a mail of our own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.cases.enums import Channel, Kind
from apps.customers.enums import IdentityKind
from apps.customers.identities import normalise
from apps.desk.forms.base import DeskForm
from apps.desk.forms.composing import MailForm

CHANNELS = (Channel.PHONE, Channel.RECEPTION, Channel.EMAIL, Channel.WEB, Channel.FAX)


class NewCaseForm(DeskForm, MailForm):
    """Copies, formatting and a later time belong to emails; elsewhere they say nothing."""

    prefix = "new"
    channel = forms.ChoiceField(label=_("Channel"), choices=[(c, c.label) for c in CHANNELS])
    address_kind = forms.ChoiceField(label=_("Known by"), choices=IdentityKind.choices)
    address = forms.CharField(label=_("Address or number"), max_length=320)
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        required=False,
        help_text=_("Only needed for somebody who is new here."),
    )
    subject = forms.CharField(label=_("Subject"), max_length=500)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.HELP)
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = (
            Team.objects.all() if user.is_superuser else Team.objects.filter(pk__in=user.team_ids)
        )
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)  # noqa: S101 - declared above
        team.queryset = teams
        team.empty_label = None
        team.required = teams.exists()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        kind, address = values.get("address_kind"), values.get("address")
        if kind and address:
            try:
                values["address"] = normalise(kind, address)
            except ValidationError as error:
                self.add_error("address", error)
        if values.get("channel") == Channel.EMAIL and kind and kind != IdentityKind.EMAIL:
            self.add_error("address_kind", _("An email needs an email address."))
        return values
