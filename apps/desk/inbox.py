"""The inbox: which cases stand in it, in which order, and how many.

Each part of a scope is a query that one partial index answers in order, so that a page
costs the same among a thousand cases and among a million.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import reduce
from operator import add
from typing import Any

from django.db.models import (
    Count,
    F,
    FilteredRelation,
    IntegerField,
    Q,
    QuerySet,
    Subquery,
    prefetch_related_objects,
)

from apps.accounts.models import Team, User
from apps.cases.models import Case, CaseGrant
from apps.cases.models.case import CaseQuerySet
from apps.common import prepared
from apps.desk import drafts

PAGE = 50
CAP = 100
SAMPLE = 100
READER = -1000  # what stands in a prepared query for who reads; rows have the numbers above
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# the owed promise of which ``Case.due_at`` is the deadline
FIRST_PROMISE = FilteredRelation(
    "promises",
    condition=Q(
        promises__settled_at=None, promises__paused_at=None, promises__deadline=F("due_at")
    ),
)


class Scope(StrEnum):
    MINE = "mine"
    TEAM = "team"
    UNASSIGNED = "unassigned"


class Group(StrEnum):
    """What is owed next: a promise, an answer, or nothing by us."""

    DUE = "due"
    US = "us"
    THEM = "them"


class CountUpTo(Subquery):
    """How many rows a sliced query finds: never more than its limit, whatever the table holds."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS capped)"
    output_field = IntegerField()
    empty_result_set_value = 0

    def __init__(self, queryset: QuerySet[Any], limit: int = CAP) -> None:
        super().__init__(queryset.order_by().values("pk")[:limit])


ORDER = tuple(Group)
FIELDS = {Group.DUE: "due_at", Group.US: "waiting_since", Group.THEM: "-last_activity_at"}


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
        return sum(self.values[scope, group] for group in Group)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the cases by group, and where the next one begins."""

    cases: dict[Group, list[Case]]
    following: Cursor | None


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom an inbox is composed, and all that its queries depend on."""

    user: User
    teams: tuple[int, ...]

    @classmethod
    def of(cls, user: User) -> Reader:
        """Superusers read the cases of every team."""
        if user.is_superuser:
            return cls(user, tuple(Team.objects.order_by("pk").values_list("pk", flat=True)))
        return cls(user, tuple(user.team_ids))

    def key(self, *more: Hashable) -> Hashable:
        return (self.user.pk, self.user.is_superuser, self.teams, *more)


def count(reader: Reader, channel: str = "") -> Counts:
    """Count every scope in a single query."""
    keys = [(scope, group) for scope in Scope for group in Group]

    def compose() -> QuerySet[Any]:
        columns = {
            f"{scope}_{group}": reduce(add, map(CountUpTo, _parts(reader, scope, group, channel)))
            for scope, group in keys
        }
        return User.objects.filter(pk=reader.user.pk).values_list(*columns.values())

    rows = prepared.fetch(reader.key("counts", channel, CAP), compose)
    return Counts(dict(zip(keys, rows[0], strict=True)))


def count_channels(reader: Reader, scope: Scope) -> dict[str, int]:
    """How many cases of a scope spoke last on each channel, in a single query whose cost is
    bounded like that of a page: nothing where the scope holds too many to be counted exactly.
    """

    def compose() -> QuerySet[Any]:
        parts = [part for group in Group for part in _parts(reader, scope, group, "")]
        pieces = [_wrapped(part.order_by()[:SAMPLE], "pk") for part in parts]
        keys = pieces[0].union(*pieces[1:], all=True) if len(pieces) > 1 else pieces[0]
        found = Case.objects.filter(pk__in=keys).order_by().values("last_channel")
        return found.annotate(found=Count("pk")).values_list("last_channel", "found")

    counts = dict(prepared.fetch(reader.key("channels", scope, SAMPLE), compose))
    return counts if sum(counts.values()) < SAMPLE else {}


def page(
    reader: Reader,
    scope: Scope,
    *,
    channel: str = "",
    after: Cursor | None = None,
    size: int = PAGE,
) -> Page:
    """Fetch one page: what is promised, first due first; what waits for us, longest first; then
    what waits for the customer.
    """
    keys: list[tuple[Group, int]] = []
    for group in Group:
        wanted = size + 1 - len(keys)
        if wanted <= 0 or (after and ORDER.index(group) < ORDER.index(after.group)):
            continue
        if after and after.group is group:
            found = _after(reader, scope, group, channel, after)
        else:
            found = _first(reader, scope, group, channel)
        keys += [(group, pk) for pk in found[:wanted]]
    return _filled(reader.user, keys, size)


def _first(reader: Reader, scope: Scope, group: Group, channel: str) -> list[int]:
    """The keys of the first rows of a group, in order."""

    def compose() -> QuerySet[Any]:
        return _ordered(group, _parts(reader, scope, group, channel))

    rows = prepared.fetch(reader.key("page", scope, group, channel, PAGE), compose)
    return [row[0] for row in rows]


def _after(reader: Reader, scope: Scope, group: Group, channel: str, after: Cursor) -> list[int]:
    parts = [_beyond(part, group, after) for part in _parts(reader, scope, group, channel)]
    return [row[0] for row in _ordered(group, parts)]


def _filled(user: User, keys: list[tuple[Group, int]], size: int) -> Page:
    found = load(user, [pk for _group, pk in keys[:size]])
    cases: dict[Group, list[Case]] = {group: [] for group in Group}
    last: Cursor | None = None
    for group, pk in keys[:size]:
        if case := found.get(pk):
            cases[group].append(case)
            last = Cursor(group, moment_of(case, group), pk)
    return Page(cases, last if len(keys) > size else None)


def moment_of(case: Case, group: Group | None) -> datetime:
    """The time that a group is ordered by."""
    if group is None:
        return case.last_activity_at
    moment: datetime | None = getattr(case, FIELDS[group].removeprefix("-"))
    return moment or case.last_activity_at


def load(user: User, keys: Sequence[int]) -> dict[int, Case]:
    """Cases with customer and owner, whether the reader has a draft there, and the promise that
    is due first (``first_promise``, None where nothing is promised).

    The reader's own name is known already.
    """
    if not keys:
        return {}
    places = prepared.slots(keys)

    def compose() -> QuerySet[Case]:
        found = Case.objects.filter(pk__in=list(places)).select_related("customer__organisation")
        found = found.annotate(has_draft=drafts.is_there(READER), first_promise=FIRST_PROMISE)
        found = found.select_related("first_promise")  # type: ignore[misc]  # a relation of ours
        return found.defer("need", "customer__about")

    given = {**places, READER: user.pk}
    cases = prepared.load(("rows", len(places)), compose, places=given)
    owners = {case.owner_id for case in cases} - {None, user.pk}
    people = User.objects.in_bulk(owners) | {user.pk: user} if owners else {user.pk: user}
    for case in cases:
        if case.owner_id:
            case.owner = people[case.owner_id]
    nameless = [case.customer for case in cases if not case.customer.name]
    if nameless:
        prefetch_related_objects(nameless, "identities")
    return {case.pk: case for case in cases}


def _parts(reader: Reader, scope: Scope, group: Group, channel: str) -> list[CaseQuerySet]:
    """Disjoint queries that together make a scope; an index serves each of them in order."""
    cases = _of_group(group)
    if channel:
        cases = cases.filter(last_channel=channel)
    match scope:
        case Scope.MINE:
            return [cases.of_owner(reader.user).writable_by(reader.user)]
        case Scope.UNASSIGNED:
            return [cases.unassigned().writable_by(reader.user)]
        case Scope.TEAM:
            return _team_parts(reader, cases)


def _of_group(group: Group) -> CaseQuerySet:
    match group:
        case Group.DUE:
            return Case.objects.promised()
        case Group.US:
            return Case.objects.waiting_for_us()
        case Group.THEM:
            return Case.objects.waiting_for_customer()


def _team_parts(reader: Reader, cases: CaseQuerySet) -> list[CaseQuerySet]:
    own = [cases.filter(team_id=pk) for pk in reader.teams] + [cases.filter(team=None)]
    if reader.user.is_superuser:
        return own
    named = CaseGrant.objects.filter(Q(user=reader.user) | Q(team_id__in=reader.teams))
    return [
        *(part.filter(restricted=False) for part in own),
        cases.filter(restricted=True, pk__in=named.values("case_id")),
    ]


def _ordered(group: Group, parts: list[CaseQuerySet]) -> QuerySet[Any, tuple[Any, ...]]:
    """The first rows of all parts together: their keys, and whatever else the order needs."""
    first = FIELDS[group]
    field = first.removeprefix("-")
    order = (first, "-pk" if first.startswith("-") else "pk")
    slices = [part.order_by(*order)[: PAGE + 1] for part in parts]
    if len(slices) == 1:
        return slices[0].values_list("pk")
    wrapped = [_wrapped(piece, "pk", field) for piece in slices]
    return wrapped[0].union(*wrapped[1:], all=True).order_by(*order)[: PAGE + 1]


def _wrapped(piece: CaseQuerySet, *fields: str) -> QuerySet[Any, tuple[Any, ...]]:
    """A sliced query as one that may stand in a union."""
    return Case.objects.filter(pk__in=piece.values("pk")).order_by().values_list(*fields)


def _beyond(cases: CaseQuerySet, group: Group, after: Cursor) -> CaseQuerySet:
    """Rows behind the cursor: a range on the index first, then the rows of the same moment."""
    field = FIELDS[group].removeprefix("-")
    behind, before = ("gte", "lte") if field == FIELDS[group] else ("lte", "gte")
    reached = Q(**{field: after.at, f"pk__{before}": after.pk})
    return cases.filter(**{f"{field}__{behind}": after.at}).exclude(reached)
