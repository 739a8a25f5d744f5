"""Whom a case concerns: who may work on it, who leads, who is there; for many cases at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from apps.accounts.domain import takes_work
from apps.accounts.enums import Role
from apps.accounts.models import Absence, Membership, User
from apps.cases.models import Case, CaseGrant
from apps.cases.workload import with_load

type Key = tuple[int | None, int | None]  # a restricted case, and the team
type Grant = tuple[int, int | None, int | None]  # a case, a person or a team


@dataclass(slots=True)
class Crew:
    """The people of one team: all of them by key, those who lead, those who take work now.

    Of a restricted case it is whoever is named on it. A case without a team may be changed by
    ``anybody``; the leads of all teams look after it, and superusers where nobody leads any.
    """

    people: dict[int, User] = field(default_factory=dict)
    leads: set[int] = field(default_factory=set)
    there: dict[int, int] = field(default_factory=dict)
    anybody: bool = False

    def may_work(self, user: User) -> bool:
        """Whether somebody can change the cases of this crew."""
        return user.is_active and (self.anybody or user.is_superuser or user.pk in self.people)

    def least_loaded(self, *, barred: Collection[int] = ()) -> User | None:
        """Whoever takes work and has the fewest active cases."""
        free = [(load, pk) for pk, load in self.there.items() if pk not in barred]
        return self.people[min(free)[1]] if free else None


@dataclass(frozen=True, slots=True)
class Crews:
    """The crews of some cases; ``known`` holds their owners, too."""

    by_key: Mapping[Key, Crew]
    known: Mapping[int, User]

    def of(self, case: Case) -> Crew:
        return self.by_key[_key(case)]

    def owner_of(self, case: Case) -> User | None:
        """The owner of a case, if they can change it."""
        owner = self.known.get(case.owner_id or 0)
        return owner if owner is not None and self.of(case).may_work(owner) else None


def load_crews(cases: Iterable[Case], at: datetime) -> Crews:
    """The crews of these cases at a moment, in three queries, four where one is restricted."""
    found = list(cases)
    grants = _grants([case.pk for case in found if case.restricted])
    seats = _seats(found, grants)
    keys = {seat.user_id for seat in seats} | {user for _case, user, _team in grants}
    asked = Q(pk__in=(keys | {case.owner_id for case in found}) - {None})
    if any(map(_is_teamless, found)) and not any(seat.role == Role.LEAD for seat in seats):
        asked |= Q(is_superuser=True)
    known: dict[int, User] = {one.pk: one for one in with_load(User.objects.filter(asked))}
    absent = set(Absence.objects.at(at).filter(user__in=known).values_list("user_id", flat=True))
    here = {pk for pk, one in known.items() if pk not in absent and takes_work(one, at)}
    crews: dict[Key, Crew] = {}
    for case in found:
        if _key(case) not in crews:
            crew = crews[_key(case)] = Crew(anybody=_is_teamless(case))
            _fill(crew, *_members(case, grants, seats, known), known, here)
    return Crews(crews, known)


def _seats(cases: Collection[Case], grants: Collection[Grant]) -> list[Membership]:
    teams = {case.team_id for case in cases} | {team for _case, _user, team in grants}
    wanted = Q(team__in=teams - {None})
    if any(map(_is_teamless, cases)):
        wanted |= Q(role=Role.LEAD)
    return list(Membership.objects.filter(wanted, user__is_active=True))


def _members(
    case: Case,
    grants: Collection[Grant],
    seats: Collection[Membership],
    known: Mapping[int, User],
) -> tuple[set[int], set[int]]:
    """Whoever belongs to the crew of a case, and whoever leads it."""
    if _is_teamless(case):
        leads = {seat.user_id for seat in seats if seat.role == Role.LEAD}
        leads = leads or {pk for pk, one in known.items() if one.is_superuser}
        return leads, leads
    own = [seat for seat in seats if seat.team_id == case.team_id]
    leads = {seat.user_id for seat in own if seat.role == Role.LEAD}
    if case.restricted:
        return _named(case.pk, grants, seats), leads
    return {seat.user_id for seat in own}, leads


def _fill(
    crew: Crew, members: set[int], leads: set[int], known: Mapping[int, User], here: set[int]
) -> None:
    crew.people = {pk: known[pk] for pk in members if pk in known and known[pk].is_active}
    crew.leads = leads & crew.people.keys()
    crew.there = {pk: getattr(one, "load", 0) for pk, one in crew.people.items() if pk in here}


def _key(case: Case) -> Key:
    return (case.pk if case.restricted else None, case.team_id)


def _is_teamless(case: Case) -> bool:
    return case.team_id is None and not case.restricted


def _grants(case_ids: Collection[int]) -> list[Grant]:
    if not case_ids:
        return []
    found = CaseGrant.objects.filter(case__in=case_ids)
    return list(found.values_list("case_id", "user_id", "team_id"))


def _named(case_id: int, grants: Iterable[Grant], seats: Iterable[Membership]) -> set[int]:
    """Who is named on a restricted case, themselves or by their team."""
    mine = [(user, team) for case, user, team in grants if case == case_id]
    teams = {team for _user, team in mine if team}
    named = {user for user, _team in mine if user}
    return named | {seat.user_id for seat in seats if seat.team_id in teams}
