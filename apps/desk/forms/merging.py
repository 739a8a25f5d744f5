"""Merging and splitting cases, who takes part in them, and merging customers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.cases.domain import Terms
from apps.cases.enums import Channel
from apps.cases.models import Case, Interaction, Participant
from apps.channels import addressing
from apps.channels.driver import Party
from apps.channels.models import Consulted
from apps.customers.identities import normalise
from apps.customers.models import Customer
from apps.desk.forms.base import DeskForm
from apps.desk.forms.forwarding import MessageField

MAX_CASES, MAX_MESSAGES = 5, 50
JOIN, STAY_AWAY = "join", "away"


class CaseField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number} {obj.subject}"


class MessagesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    label_from_instance = MessageField.label_from_instance


class MergeForm(DeskForm):
    """Another case of the same customer, or any by its number.

    Whether the customer takes part in somebody else's case is asked only where it is one.
    """

    other = CaseField(
        Case.objects.none(),
        label=gettext_lazy("Other cases of this customer"),
        required=False,
        empty_label=None,
        widget=forms.RadioSelect,
    )
    number = forms.CharField(
        label=gettext_lazy("Number of another case"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"placeholder": "CC-000123"}),
    )
    seat = forms.ChoiceField(
        label=gettext_lazy("It is another customer's case"),
        required=False,
        choices=[
            (STAY_AWAY, gettext_lazy("This customer learns nothing of it")),
            (JOIN, gettext_lazy("This customer takes part in it and gets our answers")),
        ],
        widget=forms.RadioSelect,
    )
    tell = forms.BooleanField(
        label=gettext_lazy("Tell the customer the new number"), required=False, initial=True
    )

    def __init__(self, *args: Any, case: Case, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.writable = Case.objects.writable_by(user).standing().exclude(pk=case.pk)
        mine = self.writable.filter(customer=case.customer_id).order_by("-last_activity_at")
        other = self.fields["other"]
        assert isinstance(other, forms.ModelChoiceField)  # noqa: S101 - declared above
        keys = list(mine.values_list("pk", flat=True)[:MAX_CASES])
        other.queryset = mine.filter(pk__in=keys)
        if not keys:
            del self.fields["other"]
        self.target = self._find_target() if self.is_bound else None
        if self.target is None or self.target.customer_id == case.customer_id:
            del self.fields["seat"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.target is None:
            raise ValidationError(_("Choose the case in which this one goes on."))
        if "seat" in self.fields and not values.get("seat"):
            name = {"number": self.target.number}
            asked = _("%(number)s is another customer's case. Say what this customer gets.")
            self.add_error("seat", asked % name)
        return values

    def clean_number(self) -> str:
        typed = str(self.cleaned_data["number"]).strip()
        if typed and self.target is None:
            raise ValidationError(_("You know no case with this number that you may change."))
        return typed

    def terms(self) -> Terms:
        """What was chosen; for a form that is valid."""
        joins = self.cleaned_data.get("seat") == JOIN
        return Terms(tell=self.cleaned_data["tell"], seat_customer=joins)

    def _find_target(self) -> Case | None:
        typed = str(self.data.get(self.add_prefix("number"), "")).strip()
        if typed:
            return self.writable.by_number(typed).first()
        chosen = str(self.data.get(self.add_prefix("other"), ""))
        usable = chosen.isascii() and chosen.isdigit() and len(chosen) < 19
        return self.writable.filter(pk=int(chosen)).first() if usable else None


class SplitForm(DeskForm):
    interactions = MessagesField(
        Interaction.objects.none(),
        label=gettext_lazy("Messages of the other matter"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one message of this case.")},
    )
    subject = forms.CharField(
        label=gettext_lazy("Subject of the new case"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("That of the first message unless you write one."),
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["interactions"]
        assert isinstance(chosen, forms.ModelMultipleChoiceField)  # noqa: S101 - declared above
        newest = case.interactions.select_related("author").newest_first()
        chosen.queryset = newest if self.is_bound else newest[:MAX_MESSAGES]


class ParticipantsForm(DeskForm):
    """Who joins and who leaves, in one go."""

    address = forms.CharField(
        label=gettext_lazy("Email address of who joins"), required=False, max_length=320
    )
    name = forms.CharField(label=gettext_lazy("Their name"), required=False, max_length=200)
    leaving = forms.ModelMultipleChoiceField(
        Participant.objects.none(),
        label=gettext_lazy("Who leaves"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Answers go to them no more. What they write is a case of its own."),
    )
    asked = forms.ModelMultipleChoiceField(
        Consulted.objects.none(),
        label=gettext_lazy("Whom we ask no more"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = {
            "leaving": case.participants.seated().order_by("pk"),
            "asked": Consulted.objects.filter(case=case).order_by("pk"),
        }
        for name, found in rows.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - declared above
            field.queryset = found
            if not found.exists():
                del self.fields[name]

    def clean_address(self) -> str:
        typed = str(self.cleaned_data["address"]).strip()
        if not typed:
            return ""
        value = normalise("email", typed)
        if not addressing.without_ours([Party("email", value)], Channel.EMAIL):
            raise ValidationError(_("This is an address of ours."))
        return value

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and not any(values.get(key) for key in ("address", "leaving", "asked")):
            raise ValidationError(_("Say who joins or who leaves."))
        return values


class MergeCustomerForm(DeskForm):
    """The other customer, by one of their addresses or picked from the hints."""

    address = forms.CharField(
        label=gettext_lazy("An address of the other customer"), required=False, max_length=340
    )
    other = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, customer: Customer, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = Customer.objects.identities_visible_to(user).standing()
        self.known = self.known.exclude(pk=customer.pk)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        found = self._find(str(values.get("address", "")).strip(), values.get("other"))
        if found is None:
            raise ValidationError(_("You know no other customer with this address."))
        return values | {"customer": found}

    def _find(self, typed: str, key: int | None) -> Customer | None:
        if not typed:
            return self.known.filter(pk=key).first() if key else None
        for kind in ("email", "phone", "fax", "bbs", "external"):
            try:
                value = normalise(kind, typed)
            except ValidationError:
                continue
            known = self.known.filter(identities__kind=kind, identities__value=value)
            if found := known.first():
                return found
        return None
