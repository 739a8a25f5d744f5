"""The inbox: which cases stand in it, in which order, and how many.

Each part of a scope is a query that one partial index answers in order, so that a page
costs the same among a thousand cases and among a million.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import reduce
from operator import add
from typing import Any

from django.db.models import IntegerField, Q, QuerySet, Subquery, prefetch_related_objects

from apps.accounts.models import Team, User
from apps.cases.models import Case, CaseGrant
from apps.cases.models.case import CaseQuerySet

PAGE = 50
CAP = 100
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Scope(StrEnum):
    MINE = "mine"
    TEAM = "team"
    UNASSIGNED = "unassigned"


class Group(StrEnum):
    """Whose word is awaited; ours come first."""

    US = "us"
    THEM = "them"


class CountUpTo(Subquery):
    """How many rows a sliced query finds: never more than its limit, whatever the table holds."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS capped)"
    output_field = IntegerField()

    def __init__(self, queryset: QuerySet[Any], limit: int = CAP) -> None:
        super().__init__(queryset.order_by().values("pk")[:limit])


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: its group, its place in the order and its key."""

    group: Group
    at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{self.group}.{(self.at - EPOCH) // timedelta(microseconds=1)}.{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """Read a cursor back; whatever is no cursor means the first page."""
        try:
            group, moment, pk = text.split(".")
            return cls(Group(group), EPOCH + timedelta(microseconds=int(moment)), int(pk))
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class Counts:
    """Cases of each scope and group, each bounded by CAP."""

    values: dict[tuple[Scope, Group], int]

    def of(self, scope: Scope) -> int:
        return self.values[scope, Group.US] + self.values[scope, Group.THEM]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the cases by group, and where the next one begins."""

    cases: dict[Group, list[Case]]
    following: Cursor | None


def count(user: User, channel: str = "") -> Counts:
    """Count every scope in a single query."""
    keys = [(scope, group) for scope in Scope for group in Group]
    columns = [
        reduce(add, (CountUpTo(part) for part in _parts(user, scope, group, channel)))
        for scope, group in keys
    ]
    row = User.objects.filter(pk=user.pk).values_list(*columns).get()
    return Counts(dict(zip(keys, row, strict=True)))


def page(
    user: User, scope: Scope, *, channel: str = "", after: Cursor | None = None, size: int = PAGE
) -> Page:
    """Fetch one page: what waits for us, longest first, then what waits for the customer."""
    keys: list[tuple[Group, int]] = []
    for group in Group:
        if after and group is Group.US and after.group is Group.THEM:
            continue
        wanted = size + 1 - len(keys)
        if wanted > 0:
            start = after if after and after.group is group else None
            parts = _parts(user, scope, group, channel)
            keys += [(group, pk) for pk in _first(group, parts, start, wanted)]
    return _filled(keys, size)


def _filled(keys: list[tuple[Group, int]], size: int) -> Page:
    found = _load([pk for _group, pk in keys[:size]])
    cases: dict[Group, list[Case]] = {group: [] for group in Group}
    last: Cursor | None = None
    for group, pk in keys[:size]:
        if case := found.get(pk):
            cases[group].append(case)
            last = Cursor(group, _moment(case, group), pk)
    return Page(cases, last if len(keys) > size else None)


def _moment(case: Case, group: Group) -> datetime:
    return (
        case.waiting_since or case.last_activity_at if group is Group.US else case.last_activity_at
    )


def _load(keys: list[int]) -> dict[int, Case]:
    cases = list(
        Case.objects.filter(pk__in=keys)
        .select_related("customer__organisation", "owner")
        .defer("need", "customer__about")
    )
    nameless = [case.customer for case in cases if not case.customer.name]
    if nameless:
        prefetch_related_objects(nameless, "identities")
    return {case.pk: case for case in cases}


def _parts(user: User, scope: Scope, group: Group, channel: str) -> list[CaseQuerySet]:
    """Disjoint queries that together make a scope; an index serves each of them in order."""
    cases = Case.objects.all()
    cases = cases.waiting_for_us() if group is Group.US else cases.waiting_for_customer()
    if channel:
        cases = cases.filter(last_channel=channel)
    match scope:
        case Scope.MINE:
            return [cases.of_owner(user).writable_by(user)]
        case Scope.UNASSIGNED:
            return [cases.unassigned().writable_by(user)]
        case Scope.TEAM:
            return _team_parts(user, cases)


def _team_parts(user: User, cases: CaseQuerySet) -> list[CaseQuerySet]:
    if user.is_superuser:
        teams = Team.objects.values_list("pk", flat=True)
        return [*(cases.filter(team_id=pk) for pk in teams), cases.filter(team=None)]
    named = CaseGrant.objects.filter(Q(user=user) | Q(team_id__in=user.team_ids))
    return [
        *(cases.filter(team_id=pk, restricted=False) for pk in user.team_ids),
        cases.filter(team=None, restricted=False),
        cases.filter(restricted=True, pk__in=named.values("case_id")),
    ]


def _first(group: Group, parts: list[CaseQuerySet], after: Cursor | None, limit: int) -> list[int]:
    """The keys of the first rows of all parts together, after the cursor, in order."""
    field, sign = ("waiting_since", "") if group is Group.US else ("last_activity_at", "-")
    order = (f"{sign}{field}", f"{sign}pk")
    slices = [_beyond(part, field, sign, after).order_by(*order)[:limit] for part in parts]
    if len(slices) == 1:
        return list(slices[0].values_list("pk", flat=True))
    wrapped = [
        Case.objects.filter(pk__in=piece.values("pk")).order_by().values_list("pk", field)
        for piece in slices
    ]
    rows = wrapped[0].union(*wrapped[1:], all=True).order_by(*order)[:limit]
    return [pk for pk, _moment_of in rows]


def _beyond(cases: CaseQuerySet, field: str, sign: str, after: Cursor | None) -> CaseQuerySet:
    """Rows behind the cursor: a range on the index first, then the rows of the same moment."""
    if after is None:
        return cases
    near, far = ("lte", "gte") if sign else ("gte", "lte")
    reached = Q(**{field: after.at, f"pk__{far}": after.pk})
    return cases.filter(**{f"{field}__{near}": after.at}).exclude(reached)
