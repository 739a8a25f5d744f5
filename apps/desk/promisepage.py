"""The page of promises: the list on the left, the calendar on the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from apps.accounts.models import Team, User
from apps.desk import dayplan, owed
from apps.desk.access import DeskRequest
from apps.desk.forms.callbacks import ListForm
from apps.desk.owed import Place, Tab
from apps.desk.promiserows import make_done, make_lines
from apps.desk.rooms import bounded
from apps.promises import kinds
from apps.promises.enums import Outcome
from apps.promises.models import CalendarFeed, Promise

KEPT_IN_ADDRESS = ("tab", "kind", "on", "range", "day", "team", "view")
OTHER_OUTCOMES = (Outcome.BUSY, Outcome.VOICEMAIL, Outcome.WRONG_NUMBER, Outcome.REFUSED)


@dataclass(frozen=True, slots=True)
class TabLink:
    tab: Tab
    label: str
    count: str
    query: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; it changes into the addresses of what stands beside."""

    values: dict[str, Any]
    given: dict[str, str]

    @classmethod
    def of(cls, query: QueryDict) -> Asked:
        given = {name: str(query[name]) for name in KEPT_IN_ADDRESS if query.get(name)}
        return cls(ListForm(query).values(), given)

    def query(self, **changes: object) -> str:
        """The query with these changes; what is None goes."""
        merged = self.given | {name: str(one) for name, one in changes.items() if one is not None}
        kept = {name: one for name, one in merged.items() if changes.get(name, one) is not None}
        return f"?{urlencode(kept)}" if kept else ""


def show(request: DeskRequest, *, status: int = 200, part: str = "", **extra: Any) -> HttpResponse:
    """The page, or a part of it for htmx. ``extra`` holds a panel, where one is open."""
    asked = Asked.of(request.GET)
    context = {"section": "promises", "asked": asked} | _list(request.user, asked)
    if not part:
        context |= _around(request.user, asked)
    return render(request, f"desk/promises.html{part}", context | extra, status=status)


def _list(user: User, asked: Asked) -> dict[str, Any]:
    values = asked.values
    after = Place.parse(values["after"])
    page = owed.page(values["tab"], user, kind=values["kind"], after=after)
    shown, on = page.promises, values["on"]
    if on and not after and all(one.pk != on for one in shown):
        # somebody came from the calendar for one that stands further down, or under another tab
        shown = [*owed.load(Promise.objects.owed().writable_by(user).filter(pk=on)), *shown]
    lines = make_lines(shown, user)
    on = on if any(line.pk == on for line in lines) else None
    following = asked.query(on=None, after=page.following) if page.following else ""
    return {
        "lines": lines,
        "on": on or (lines[0].pk if lines and not after else None),
        "here": asked.query(),
        "more": following,
        "other_outcomes": [(one.value, one.label) for one in OTHER_OUTCOMES],
    }


def _around(user: User, asked: Asked) -> dict[str, Any]:
    """All but the rows: tabs, what is done, the calendar, the subscription."""
    values = asked.values
    counts = owed.count(user, values["kind"])
    labels = {Tab.MINE: _("Mine"), Tab.TEAM: _("Team"), Tab.MISSED: _("Missed us")}
    teams = list(Team.objects.visible_to(user))
    team = next((one for one in teams if one.pk == values["team"]), teams[0] if teams else None)
    plan = dayplan.build(user, team, values["day"], values["range"])
    return {
        "tab": values["tab"],
        "tabs": [
            TabLink(tab, labels[tab], bounded(counts[tab]), asked.query(tab=tab, on=None) or "?")
            for tab in Tab
        ],
        "kinds": [(one.slug, one.label) for one in kinds.all_kinds()],
        "kind": values["kind"],
        "done": make_done(owed.done_today(values["tab"], user)),
        "kept": owed.kept_lately(user),
        "plan": plan,
        "team": team,
        "teams": teams,
        "queries": {
            "earlier": asked.query(day=plan.earlier),
            "later": asked.query(day=plan.later),
            "today": asked.query(day=None) or "?",
            "day": asked.query(range="day"),
            "week": asked.query(range="week"),
            "calendar": asked.query(view="calendar"),
            "list": asked.query(view=None) or "?",
        },
        "pane": "cal" if asked.given.get("view") == "calendar" else "case",
        "has_feed": CalendarFeed.objects.filter(user=user).exists(),
    }
