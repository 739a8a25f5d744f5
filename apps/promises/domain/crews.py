"""Who is there in a team, and who leads it: for many teams at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from apps.accounts.domain import takes_work
from apps.accounts.enums import Role
from apps.accounts.models import Absence, Membership, User
from apps.cases.workload import with_load


@dataclass(slots=True)
class Crew:
    """The people of one team: all of them by key, those who lead, those who take work now."""

    people: dict[int, User] = field(default_factory=dict)
    leads: set[int] = field(default_factory=set)
    there: dict[int, int] = field(default_factory=dict)

    def least_loaded(self, *, barred: Collection[int] = ()) -> User | None:
        """Whoever takes work and has the fewest active cases."""
        free = [(load, pk) for pk, load in self.there.items() if pk not in barred]
        return self.people[min(free)[1]] if free else None


type Crews = Mapping[int | None, Crew]


def load_crews(team_ids: Collection[int | None], at: datetime) -> Crews:
    """The crews of these teams at a moment, in three queries at most."""
    wanted = {pk for pk in team_ids if pk is not None}
    crews: dict[int | None, Crew] = {pk: Crew() for pk in team_ids}
    if not wanted:
        return crews
    seats = list(Membership.objects.filter(team__in=wanted, user__is_active=True))
    keys = {seat.user_id for seat in seats}
    people: dict[int, User] = {
        user.pk: user for user in with_load(User.objects.filter(pk__in=keys))
    }
    absent = set(Absence.objects.at(at).filter(user__in=keys).values_list("user_id", flat=True))
    for seat in seats:
        crew, user = crews[seat.team_id], people[seat.user_id]
        crew.people[user.pk] = user
        if seat.role == Role.LEAD:
            crew.leads.add(user.pk)
        if user.pk not in absent and takes_work(user, at):
            crew.there[user.pk] = getattr(user, "load", 0)
    return crews
