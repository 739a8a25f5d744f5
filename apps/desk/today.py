"""The first page of a shift: what is due, who is there, what may go wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.accounts.domain import takes_work
from apps.accounts.models import Absence, User
from apps.common.text import excerpt
from apps.desk import inbox, notices, owed, risks
from apps.desk.inbox import Reader, Scope
from apps.desk.promiserows import Line, make_lines
from apps.desk.rows import Row, make_rows
from apps.promises.enums import State
from apps.promises.models import Promise

BELOW = 3
LOOKED_AT = 40
COLLEAGUES = 4
WAITING, NEWS = 4, 4
MORNING, NOON, EVENING = 5, 12, 18


@dataclass(frozen=True, slots=True)
class Dot:
    """One promise on the line of the day; ``label`` is empty where there is no room for it."""

    x: float
    state: str
    label: str
    high: bool


@dataclass(frozen=True, slots=True)
class DayLine:
    """A line of 860 by 74: hours as (x, label), dots, and where the present is."""

    hours: list[tuple[float, str]]
    dots: list[Dot]
    now: float
    clock: str
    said: str


@dataclass(frozen=True, slots=True)
class Yesterday:
    kept: int
    of: int


@dataclass(frozen=True, slots=True)
class Today:
    greeting: str
    day: str
    colleagues: list[str]
    others: int
    next: Line | None
    below: list[Line]
    more: int
    line: DayLine | None
    yesterday: Yesterday
    risks: list[risks.Risk]
    leads: bool
    waiting: list[Row]
    news: list[notices.Line]


def build(user: User) -> Today:
    """All of the page for one person, in a bounded number of queries."""
    now = timezone.now()
    promises = owed.load(Promise.objects.owed_by(user).writable_by(user).next_first()[:LOOKED_AT])
    due = [one for one in promises if one.deadline < owed.midnight(now, 1)]
    lines = make_lines(promises, user)
    there = _colleagues(user, now)
    reader = Reader.of(user)
    page = inbox.page(reader, Scope.UNASSIGNED, size=WAITING)
    return Today(
        greeting=_greeting(now),
        day=date_format(timezone.localtime(now), pgettext("format of a date", "l j F")),
        colleagues=there[:COLLEAGUES],
        others=max(0, len(there) - COLLEAGUES),
        next=lines[0] if lines else None,
        below=lines[1 : 1 + BELOW],
        more=max(0, len(due) - 1 - BELOW),
        line=_line(due, lines, now),
        yesterday=_yesterday(user, now),
        risks=risks.find_risks(user, now),
        leads=bool(user.led_team_ids) or user.is_superuser,
        waiting=[
            row for group, cases in page.cases.items() for row in make_rows(cases, group, user)
        ],
        news=notices.find(user, only_unread=True).lines[:NEWS],
    )


def _greeting(now: datetime) -> str:
    """By the clock of the person's own zone."""
    hour = timezone.localtime(now).hour
    if MORNING <= hour < NOON:
        return _("Good morning")
    return _("Good afternoon") if NOON <= hour < EVENING else _("Good evening")


def _colleagues(user: User, now: datetime) -> list[str]:
    """Who else of the person's teams takes work now, by name."""
    people = User.objects.filter(is_active=True, memberships__team__in=user.team_ids)
    absent = Absence.objects.at(now).values("user")
    mates = people.exclude(pk=user.pk).exclude(pk__in=absent).distinct()
    return sorted(mate.name for mate in mates if takes_work(mate, now))


def _yesterday(user: User, now: datetime) -> Yesterday:
    """What the person kept, of all that was kept or broke on the day before."""
    since, until = owed.midnight(now, -1), owed.midnight(now)
    kept = Q(state=State.KEPT, settled_at__gte=since, settled_at__lt=until)
    broke = Q(state=State.BROKEN, broken_at__gte=since, broken_at__lt=until)
    own = Promise.objects.filter(owner=user).filter(Q(settled_at=None) | Q(settled_at__gte=since))
    found = own.aggregate(kept=Count("pk", filter=kept), of=Count("pk", filter=kept | broke))
    return Yesterday(found["kept"], found["of"])


def _line(due: Sequence[Promise], lines: Sequence[Line], now: datetime) -> DayLine | None:
    """The hours of today from the first to the last that matters, with a dot for each promise."""
    if not due:
        return None
    local = timezone.localtime(now)
    begin_of_day = owed.midnight(now)
    times = [max(timezone.localtime(one.deadline), begin_of_day) for one in due]
    first = min(9, local.hour, *(at.hour for at in times))
    last = max(17, local.hour + 1, *(at.hour + 1 for at in times))
    begins = begin_of_day + timedelta(hours=first)
    span = timedelta(hours=last - first)

    def x_of(at: datetime) -> float:
        return round(38 + 776 * min(max((at - begins) / span, 0), 1), 1)

    every = 1 if last - first <= 10 else 2
    hours = [
        (x_of(begins + timedelta(hours=n - first)), f"{n % 24:02d}:00")
        for n in range(first, last + 1, every)
    ]
    places = [(x_of(at), line) for at, line in zip(times, lines, strict=False)]
    dots = _dots(places, x_of(local))
    clocks = pgettext("between the items of a list", ", ").join(f"{at:%H:%M}" for at in times)
    said = _("Your promises of today: %(times)s") % {"times": clocks}
    return DayLine(hours, dots, x_of(local), f"{local:%H:%M}", said)


def _dots(places: Sequence[tuple[float, Line]], now: float) -> list[Dot]:
    """Dots with the names that fit: two rows of labels, none over another or over the clock,
    whose line crosses both rows and whose digits stand beside it in the upper one.
    """
    ends = {False: 0.0, True: 0.0}
    dots = []
    for x, line in places:
        label = excerpt(line.name, 14)
        half = 4 + 3.6 * sum(2 if ord(one) > 0x2E80 else 1 for one in label)
        high = x - half < ends[False]
        fits = x - half >= ends[high] and half < x < 860 - half
        hides_clock = x + half > now - 4 and x - half < now + (46 if high else 4)
        if fits and not hides_clock and line.clock.state != "late":
            ends[high] = x + half
        else:
            label = ""
        dots.append(Dot(x, line.clock.state, label, high))
    return dots
