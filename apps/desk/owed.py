"""The list of what was promised: which promises stand in it, in which order, and how many.

*Mine* is what the person owes, *Team* what is owed in cases that they may change, and *Missed
us* the callbacks among these that are late: somebody waits by a phone that did not ring,
whoever was to call. The clocks of answers stand in the inbox and are left out here unless they
are asked for by kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from django.db.models import Prefetch, Q, prefetch_related_objects
from django.utils import timezone

from apps.accounts.models import Membership, User
from apps.desk.inbox import CountUpTo
from apps.promises import kinds
from apps.promises.enums import Settlement
from apps.promises.models import Attempt, Promise
from apps.promises.models.promise import PromiseQuerySet

PAGE = 25
DONE = 12
LAST = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Tab(StrEnum):
    MINE = "mine"
    TEAM = "team"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Place:
    """Behind which promise a page begins: its place in the order."""

    deadline: datetime
    line_since: datetime
    pk: int

    def __str__(self) -> str:
        return f"{_micros(self.deadline)}.{_micros(self.line_since)}.{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """Read a place back; whatever is none means the first page."""
        try:
            deadline, line_since, pk = map(int, text.split("."))
            micros = timedelta(microseconds=1)
            return cls(EPOCH + deadline * micros, EPOCH + line_since * micros, pk)
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class Page:
    promises: list[Promise]
    following: Place | None


@dataclass(frozen=True, slots=True)
class Kept:
    """How many of the last callbacks were made in time."""

    in_time: int
    of: int

    @property
    def percent(self) -> int:
        return round(100 * self.in_time / self.of) if self.of else 0

    @property
    def late(self) -> int:
        return self.of - self.in_time


def promises_in(tab: Tab, user: User, kind: str = "") -> PromiseQuerySet:
    """What stands under a tab, in no order."""
    owed = Promise.objects.owed_by(user) if tab is Tab.MINE else Promise.objects.owed()
    if tab is Tab.MISSED:
        owed = owed.filter(kind__in=voices(), broken_at__isnull=False)
    if kind:
        owed = owed.filter(kind=kind)
    elif tab is not Tab.MISSED:
        owed = owed.besides_replies()
    return owed.writable_by(user)


def count(user: User, kind: str = "") -> dict[Tab, int]:
    """How many there are under each tab, each bounded, in one query."""
    columns = [CountUpTo(promises_in(tab, user, kind)) for tab in Tab]
    row = User.objects.filter(pk=user.pk).values_list(*columns).get()
    return dict(zip(Tab, row, strict=True))


def page(tab: Tab, user: User, *, kind: str = "", after: Place | None = None) -> Page:
    """One page, first due first, in three queries at most; four where somebody has no name."""
    found = promises_in(tab, user, kind)
    if after is not None:
        same = Q(deadline=after.deadline)
        later = Q(deadline__gt=after.deadline) | same & Q(line_since__gt=after.line_since)
        found = found.filter(later | same & Q(line_since=after.line_since, pk__gt=after.pk))
    rows = load(found.next_first()[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    following = Place(last.deadline, last.line_since, last.pk) if last else None
    return Page(rows[:PAGE], following)


def load(found: PromiseQuerySet) -> list[Promise]:
    """Promises with all that a row shows of them."""
    tried = Attempt.objects.order_by("at", "pk").defer("note")
    rows = found.select_related("case__customer__organisation", "case__team", "owner")
    rows = rows.defer("case__need", "case__customer__about")
    promises = list(rows.prefetch_related(Prefetch("attempts", queryset=tried)))
    name_them(promises)
    return promises


def name_them(promises: Sequence[Promise]) -> None:
    """Read the addresses of customers of whom no name is known."""
    nameless = [one.case.customer for one in promises if not one.case.customer.name]
    if nameless:
        prefetch_related_objects(nameless, "identities")


def done_today(tab: Tab, user: User) -> list[Promise]:
    """What came to an end since midnight, the last one first; under Team that of the team."""
    since = midnight(timezone.now())
    ended = Promise.objects.filter(settled_at__gte=since).exclude(settlement=Settlement.MOOT)
    ended = ended.besides_replies().writable_by(user)
    if tab is Tab.MINE:
        ended = ended.filter(owner=user)
    else:
        mates = Membership.objects.filter(team__in=user.team_ids).values("user")
        ended = ended.filter(owner__in=mates)
    rows = ended.select_related("case__customer").order_by("-settled_at", "-pk")
    promises = list(rows.defer("case__need", "case__customer__about")[:DONE])
    name_them(promises)
    return promises


def kept_lately(user: User) -> Kept:
    """Of the person's last callbacks that were made, how many were made in time."""
    made = Promise.objects.filter(owner=user, settled_at__isnull=False, kind__in=voices())
    made = made.filter(settlement__in=(Settlement.KEPT, Settlement.LATE)).order_by("-settled_at")
    ends = list(made.values_list("settlement", flat=True)[:LAST])
    return Kept(ends.count(Settlement.KEPT), len(ends))


def voices() -> list[str]:
    """The kinds for which somebody is called."""
    return [one.slug for one in kinds.all_kinds() if one.by_voice]


def midnight(now: datetime, days: int = 0) -> datetime:
    """When the day of the active zone began, or one so many days later."""
    on = timezone.localtime(now).date() + timedelta(days=days)
    return datetime.combine(on, time(), timezone.get_current_timezone())


def _micros(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)
