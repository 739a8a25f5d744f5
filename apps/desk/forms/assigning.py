"""Giving a case away: to whom, and with which word."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.accounts.domain import presence_at, works_at
from apps.accounts.models import Absence, Team, User
from apps.cases.models import Case
from apps.cases.workload import with_load
from apps.desk.forms.base import DeskForm

MAX_NOTE = 5000


class ColleagueField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """A colleague, with whether they are there and how much they have to do."""

    def label_from_instance(self, obj: Any) -> str:
        return " · ".join((obj.name, _whereabouts(obj), _work(obj)))


class AssignForm(DeskForm):
    owner = ColleagueField(
        User.objects.none(),
        label=gettext_lazy("Person"),
        required=False,
        empty_label=gettext_lazy("Nobody, back to the queue"),
    )
    team = forms.ModelChoiceField(
        Team.objects.all(),
        label=gettext_lazy("Team"),
        required=False,
        empty_label=gettext_lazy("As it is"),
    )
    note = forms.CharField(
        label=gettext_lazy("Note for whoever gets it"),
        required=False,
        max_length=MAX_NOTE,
        help_text=gettext_lazy(
            "Stands in the case as an internal note. The customer never sees it."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, case: Case, user: User, **kwargs: Any) -> None:
        super().__init__(*args, initial={"owner": case.owner_id, "team": case.team_id}, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)  # noqa: S101 - declared above
        anybody = User.objects.filter(is_active=True)
        owner.queryset = _known_by_work(anybody if self.is_bound else colleagues(case, user))


def colleagues(case: Case, user: User) -> QuerySet[User]:
    """Who can be given the case as its team stands; without a team, the person's own teams."""
    teams = [case.team_id] if case.team_id else user.team_ids
    return User.objects.filter(is_active=True, memberships__team__in=teams).distinct()


def _known_by_work(people: QuerySet[User]) -> QuerySet[Any]:
    absent = Absence.objects.at(timezone.now()).filter(user=OuterRef("pk"))
    shown: QuerySet[Any] = with_load(people).annotate(is_absent=Exists(absent))
    return shown.order_by("display_name", "username")


def _whereabouts(colleague: Any) -> str:
    now = timezone.now()
    if colleague.is_absent:
        return _("absent")
    if not works_at(colleague, now):
        return _("not at work")
    return str(presence_at(colleague, at=now).label)


def _work(colleague: Any) -> str:
    if colleague.capacity is None:
        said = ngettext("%(count)d open case", "%(count)d open cases", colleague.load)
        return said % {"count": colleague.load}
    return _("%(count)d of %(most)d cases") % {
        "count": colleague.load,
        "most": colleague.capacity,
    }
