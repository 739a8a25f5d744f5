"""Who can help: colleagues by what they know, and who of them is there now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from apps.accounts.domain import takes_work
from apps.accounts.enums import SkillLevel
from apps.accounts.models import PersonSkill, Skill, Team, User
from apps.accounts.rules import leads_person
from apps.desk.forms.assigning import known_by_work, whereabouts

SHOWN = 100
RANKS = {SkillLevel.EXPERT: 0, SkillLevel.ABLE: 1, SkillLevel.LEARNING: 2}


@dataclass(frozen=True, slots=True)
class Known:
    """One thing that somebody knows; ``confirmable`` by the reader."""

    pk: int
    name: str
    level: str
    is_confirmed: bool
    confirmable: bool


@dataclass(frozen=True, slots=True)
class Helper:
    pk: int
    name: str
    teams: str
    whereabouts: str
    is_there: bool
    load: int
    skills: list[Known]


def find(reader: User, *, words: str = "", skill: int | None = None) -> list[Helper]:
    """Colleagues who fit, those who are there first, then by level, confirmed before declared.

    Each word must fit a skill, a name or a team. A fixed number of queries for any number.
    """
    people = User.objects.filter(is_active=True, is_superuser=False) | User.objects.filter(
        is_active=True, memberships__isnull=False
    )
    held = PersonSkill.objects.valid()
    if skill is not None:
        people = people.filter(pk__in=held.filter(skill=skill).values("user"))
    for word in words.split():
        people = people.filter(_fits(word, held))
    rows = known_by_work(people.distinct()).prefetch_related(
        Prefetch("skills", queryset=held.select_related("skill"), to_attr="held"),
        Prefetch("teams", queryset=Team.objects.order_by("name")),
        "memberships",
    )
    found = [(_rank(row, skill), _helper(row, reader)) for row in rows[:SHOWN]]
    return [helper for _rank, helper in sorted(found, key=lambda one: one[0])]


def all_skills() -> QuerySet[Skill]:
    return Skill.objects.all()


def _fits(word: str, held: QuerySet[PersonSkill]) -> Q:
    by_skill = held.filter(Q(skill__name__icontains=word) | Q(skill__name_zh__icontains=word))
    return (
        Q(pk__in=by_skill.values("user"))
        | Q(display_name__icontains=word)
        | Q(username__icontains=word)
        | Q(memberships__team__name__icontains=word)
    )


def _rank(row: Any, skill: int | None) -> tuple[Any, ...]:
    wanted = [one for one in row.held if skill in {None, one.skill_id}]
    best = min(
        ((RANKS.get(one.level, 3), not one.confirmed_at) for one in wanted), default=(9, True)
    )
    return (not _is_there(row), best, row.load, row.name.casefold(), row.pk)


def _helper(row: Any, reader: User) -> Helper:
    vars(row)["roles_by_team"] = {one.team_id: one.role for one in row.memberships.all()}
    confirmable = leads_person(reader, row)
    return Helper(
        pk=row.pk,
        name=row.name,
        teams=", ".join(str(team) for team in row.teams.all()),
        whereabouts=whereabouts(row),
        is_there=_is_there(row),
        load=row.load,
        skills=_skills(row.held, confirmable=confirmable),
    )


def _skills(held: Sequence[PersonSkill], *, confirmable: bool) -> list[Known]:
    return [
        Known(
            pk=one.pk,
            name=str(one.skill),
            level=str(SkillLevel(one.level).label),
            is_confirmed=one.confirmed_at is not None,
            confirmable=confirmable and one.confirmed_at is None,
        )
        for one in held
    ]


def _is_there(row: Any) -> bool:
    return not row.is_absent and takes_work(row, timezone.now())
