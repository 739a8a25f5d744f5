"""Giving a case away: to whom, and with which word."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
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
        return " · ".join((obj.name, whereabouts(obj), _work(obj)))


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
    ask_first = forms.BooleanField(
        label=gettext_lazy("Ask first"),
        required=False,
        help_text=gettext_lazy("The case stays where it is until they accept."),
    )
    tell_customer = forms.BooleanField(
        label=gettext_lazy("Tell the customer the name"),
        required=False,
        help_text=gettext_lazy("Once they have accepted; only when you ask first."),
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

    def __init__(
        self, *args: Any, case: Case, user: User, to: User | None = None, **kwargs: Any
    ) -> None:
        """``to`` is a colleague who was found elsewhere, and is asked first."""
        initial = _initial(case, to)
        super().__init__(*args, initial=initial, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)  # noqa: S101 - declared above
        anybody = User.objects.filter(is_active=True)
        offered = colleagues(case, user, to)
        owner.queryset = known_by_work(anybody if self.is_bound else offered)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("ask_first") and not cleaned.get("owner") and "owner" not in self.errors:
            self.add_error("owner", _("Choose whom to ask."))
        return cleaned


def _initial(case: Case, to: User | None) -> dict[str, Any]:
    if to is None:
        return {"owner": case.owner_id, "team": case.team_id}
    stays = case.team_id is None or case.team_id in to.team_ids or not to.team_ids
    team = case.team_id if stays else to.team_ids[0]
    return {"owner": to.pk, "team": team, "ask_first": True}


def colleagues(case: Case, user: User, to: User | None = None) -> QuerySet[User]:
    """Who can be given the case as its team stands; without a team, the person's own teams."""
    teams = [case.team_id] if case.team_id else user.team_ids
    active = User.objects.filter(is_active=True)
    found = Q(memberships__team__in=teams) | Q(pk=to.pk) if to else Q(memberships__team__in=teams)
    return active.filter(found).distinct()


def known_by_work(people: QuerySet[User]) -> QuerySet[Any]:
    """Let each person know whether they are absent and how much they have to do."""
    absent = Absence.objects.at(timezone.now()).filter(user=OuterRef("pk"))
    shown: QuerySet[Any] = with_load(people).annotate(is_absent=Exists(absent))
    return shown.order_by("display_name", "username")


def whereabouts(colleague: Any) -> str:
    """Where somebody of ``known_by_work`` is now, in a word."""
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
