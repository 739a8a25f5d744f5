"""What can be said of a case itself: who works on it, what it is, who may see it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.cases.enums import Kind, Outcome, Priority
from apps.cases.models import Case
from apps.desk.forms.base import DeskForm, Remembering
from apps.desk.forms.fields import LaterField


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class EditForm(Remembering, DeskForm):
    """What a case says of itself."""

    subject = forms.CharField(label=_("Subject"), max_length=500)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices)
    tags = forms.CharField(
        label=_("Tags"), required=False, max_length=500, help_text=_("Separated by commas.")
    )
    needed_by = LaterField(
        label=_("Needed by"),
        required=False,
        help_text=_(
            "When the customer needs it, on your clock; it may be sooner than we promised."
        ),
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
        input_formats=[
            "%Y-%m-%dT%H:%M",
            "%Y-%m-%dT%H:%M:%S",
            "%Y-%m-%d %H:%M",
            "%Y-%m-%d %H:%M:%S",
        ],
    )
    needed_by_said = forms.BooleanField(
        label=_("The customer said so; we do not just assume it"), required=False
    )
    need = forms.CharField(
        label=_("Need"),
        required=False,
        max_length=5000,
        help_text=_("What the customer needs, as agreed with them."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.remember(self.fields)

    def wanted(self) -> dict[str, Any]:
        """What the person changed, not what a colleague changed while the form was open."""
        kept = self.untouched()
        return {name: value for name, value in self.cleaned_data.items() if name not in kept}

    def clean_tags(self) -> list[str]:
        text = str(self.cleaned_data["tags"]).replace("，", ",")
        tags = [tag.strip() for tag in text.split(",") if tag.strip()]
        if any(len(tag) > 50 for tag in tags):
            raise forms.ValidationError(_("A tag has at most 50 characters."))
        return tags

    @classmethod
    def of(cls, case: Case) -> EditForm:
        """The form as it shows a case."""
        names = case.tags.values_list("name", flat=True)
        return cls(
            initial={
                "subject": case.subject,
                "kind": case.kind,
                "priority": case.priority,
                "need": case.need,
                "needed_by": case.needed_by,
                "needed_by_said": case.needed_by_said,
                "tags": ", ".join(names),
            }
        )


class CloseForm(DeskForm):
    """How the matter ended; the customer's own yes has a verb of its own."""

    outcome = forms.ChoiceField(
        label=_("How did it end?"),
        choices=[(value, label) for value, label in Outcome.choices if value != Outcome.CONFIRMED],
        widget=forms.RadioSelect,
        initial=Outcome.AGREED,
    )


class ReopenForm(DeskForm):
    why = forms.CharField(label=_("Why"), required=False, max_length=200)


class RestrictForm(DeskForm):
    users = PeopleField(
        User.objects.filter(is_active=True).order_by("display_name", "username"),
        label=_("People"),
        required=False,
        help_text=_("You are always among them."),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(),
        label=_("Teams"),
        required=False,
        help_text=_("Without people and teams the case is open to its team again."),
        widget=forms.SelectMultiple(attrs={"size": 4}),
    )


class FollowForm(DeskForm):
    follower = PersonField(
        User.objects.filter(is_active=True).order_by("display_name", "username"),
        label=_("Colleague"),
        help_text=_("May read the case and leave notes, not answer."),
    )
