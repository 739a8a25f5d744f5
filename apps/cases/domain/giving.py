"""Whom a team's rule gives a case to. Nothing here writes anything."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connections
from django.db.models import Exists, F, FilteredRelation, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.accounts.domain import on_duty, takes_work
from apps.accounts.enums import AssignmentRule
from apps.accounts.models import Team, User
from apps.cases.domain.events import event
from apps.cases.enums import EventKind
from apps.cases.models import CaseEvent, CaseGrant
from apps.cases.workload import with_turn

if TYPE_CHECKING:
    from apps.cases.models import Case

REMEMBERED = timedelta(days=365)
NEVER = datetime.min.replace(tzinfo=UTC)
Barred = Mapping[int, Collection[int]]


@dataclass(frozen=True, slots=True)
class Gift:
    """A case and its new owner, with the rule that chose them, and when."""

    case: Case
    owner: User
    rule: str
    at: datetime


@dataclass(slots=True)
class Hand:
    """Somebody who takes work: ``knows`` says when they last worked for which customer."""

    user: User
    load: int
    last_given: datetime
    knows: dict[int, datetime] = field(default_factory=dict)

    @property
    def has_room(self) -> bool:
        return self.user.capacity is None or self.load < self.user.capacity

    @property
    def turn(self) -> tuple[datetime, int]:
        return self.last_given, self.user.pk


def choose(cases: Sequence[Case], *, barred: Barred | None = None) -> list[Gift]:
    """Decide who is given which of these cases without an owner.

    Runs in the caller's transaction, which writes the cases, too: until it ends, no other rule
    gives any of these people a case. ``barred`` names by a case's key who does not get it.
    Whoever is absent, away, outside their hours, at capacity or shut out of a restricted case
    is given none; a case for which there is nobody is left out.

    Costs nothing for teams without a rule, and two queries for all cases of a team; each
    restricted case is asked for alone.
    """
    groups: dict[tuple[int, int | None], tuple[Team, list[Case]]] = {}
    for case in cases:
        team = case.team
        if team is None or case.owner_id or team.assignment_rule == AssignmentRule.NONE:
            continue
        key = team.pk, case.pk if case.restricted else None
        groups.setdefault(key, (team, []))[1].append(case)
    gifts: list[Gift] = []
    for team, group in groups.values():
        _hold(team)
        at = timezone.now()
        gifts += _deal(team, group, _hands(team, group, at), barred or {}, at)
    return gifts


def given(gift: Gift) -> CaseEvent:
    """The event of a case that a rule gives away, not stored yet."""
    team = gift.case.team_id
    before, after = {"owner": None, "team": team}, {"owner": gift.owner.pk, "team": team}
    return event(gift.case, EventKind.CASE_ASSIGNED, before=before, after=after, rule=gift.rule)


def is_anybody_free(team: Team) -> bool:
    """Whether a rule of this team would find somebody at all."""
    return any(hand.has_room for hand in _hands(team, (), timezone.now()))


def _hold(team: Team) -> None:
    """Let rules choose among these people one after the other, in whatever teams they are.

    Everybody locks in one order, so that nobody waits in a ring. Where a database has one
    writer at a time there is nothing to hold.
    """
    if connections[User.objects.db].features.has_select_for_update:
        members = User.objects.filter(memberships__team=team).order_by("pk").values_list("pk")
        list(members.select_for_update(of=("self",), no_key=True))


def _hands(team: Team, cases: Sequence[Case], at: datetime) -> list[Hand]:
    """Whoever of a team takes work now, in one query."""
    same_rule = Team.objects.filter(pk=team.pk, assignment_rule=team.assignment_rule)
    people: QuerySet[Any] = with_turn(on_duty(team, at)).filter(Exists(same_rule))
    if cases and cases[0].restricted:
        people = people.filter(_named_on(cases[0]))
    if cases and team.assignment_rule == AssignmentRule.KNOWS_CUSTOMER:
        people = _with_acquaintances(people, {case.customer_id for case in cases}, at)
    hands: dict[int, Hand] = {}
    for user in people:
        if user.pk not in hands and not takes_work(user, at):
            continue
        hand = hands.setdefault(user.pk, Hand(user, user.load, user.last_given or NEVER))
        if known := getattr(user, "known", None):
            hand.knows[known] = user.known_at
    return list(hands.values())


def _with_acquaintances(
    people: QuerySet[Any], customers: Collection[int], at: datetime
) -> QuerySet[Any]:
    """One row for each person and each of these customers of whom they owned a case lately."""
    theirs = Q(
        owned_cases__customer__in=customers, owned_cases__last_activity_at__gte=at - REMEMBERED
    )
    known: QuerySet[Any] = people.annotate(
        own=FilteredRelation("owned_cases", condition=theirs),
        known=F("own__customer"),
        known_at=Max("own__last_activity_at"),
    )
    return known


def _named_on(case: Case) -> Exists:
    """Those who are named on a restricted case, themselves or by their team."""
    grants = CaseGrant.objects.filter(case=case)
    mine = Q(user=OuterRef("pk")) | Q(team__memberships__user=OuterRef("pk"))
    return Exists(grants.filter(mine))


def _deal(
    team: Team, cases: Iterable[Case], hands: Sequence[Hand], barred: Barred, at: datetime
) -> list[Gift]:
    """Give one case after the other, each with what the ones before have changed."""
    gifts: list[Gift] = []
    for case in cases:
        shut_out = barred.get(case.pk, ())
        free = [hand for hand in hands if hand.has_room and hand.user.pk not in shut_out]
        chosen, rule = _pick(team, case, free)
        if chosen is None:
            continue
        moment = at + timedelta(microseconds=len(gifts))
        chosen.load, chosen.last_given = chosen.load + 1, moment
        gifts.append(Gift(case, chosen.user, rule, moment))
    return gifts


def _pick(team: Team, case: Case, free: Sequence[Hand]) -> tuple[Hand | None, str]:
    rule = team.assignment_rule
    if rule == AssignmentRule.KNOWS_CUSTOMER:
        knowing = [hand for hand in free if case.customer_id in hand.knows]
        if knowing:
            return max(knowing, key=lambda hand: hand.knows[case.customer_id]), rule
        rule = team.assignment_fallback
    if rule == AssignmentRule.ROUND_ROBIN:
        return min(free, key=lambda hand: hand.turn, default=None), rule
    if rule == AssignmentRule.LEAST_LOADED:
        return min(free, key=lambda hand: (hand.load, hand.turn), default=None), rule
    return None, rule
