"""What browsers are told of cases, and who may hear of which (as ``rules`` says who reads)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models.signals import pre_save

from apps.accounts.models import Membership, User
from apps.cases import signals
from apps.cases.models import Case, CaseFollower, CaseGrant, Interaction
from apps.live import registry
from apps.live.domain import announce

# ``queue``: a list of a team (0: of cases without one) lost a case that its readers may no
# longer see, so ``case`` does not reach them. ``presence``: somebody came, went or types.
CASE, PRESENCE, QUEUE = "case", "presence", "queue"
EVERYBODY = 0
RIGHTS = frozenset({"team", "restricted"})
# Changed by every interaction, which is told for all cases of a batch at once.
BY_INTERACTION = "last_activity_at"


def register() -> None:
    """Called once, when the app is ready."""
    registry.register(CASE, readers)
    registry.register(PRESENCE, readers)
    registry.register(QUEUE, members)
    pre_save.connect(_about_to_change, sender=Case)
    signals.case_changed.connect(_changed)
    signals.interactions_recorded.connect(_recorded)
    signals.case_joined.connect(_joined)
    signals.case_merged.connect(_both)
    signals.case_unmerged.connect(_both)
    signals.case_split.connect(_split)
    signals.participant_left.connect(_left)


def readers(case_ids: Collection[int], user_ids: Collection[int]) -> Mapping[int, set[int]]:
    """Who of these people may read each of these cases; five queries at most."""
    cases = Case.objects.filter(pk__in=case_ids).values_list("pk", "team_id", "restricted")
    found = list(cases)
    active, superusers = _people(user_ids)
    teams = _teams(active) | {None: active}
    follows = _pairs(CaseFollower.objects.filter(case__in=case_ids, user__in=active), "user_id")
    restricted = [pk for pk, _team, closed in found if closed]
    named = _named(restricted, active, teams) if restricted else {}
    told: dict[int, set[int]] = {}
    for pk, team, closed in found:
        may = named.get(pk) if closed else teams.get(team)
        told[pk] = superusers | follows.get(pk, set()) | (may or set())
    return told


def members(team_ids: Collection[int], user_ids: Collection[int]) -> Mapping[int, set[int]]:
    """Who of these people sees the list of each of these teams."""
    active, superusers = _people(user_ids)
    teams = _teams(active) | {EVERYBODY: active}
    return {team: superusers | teams.get(team, set()) for team in team_ids}


def _people(user_ids: Collection[int]) -> tuple[set[int], set[int]]:
    found = User.objects.filter(pk__in=user_ids, is_active=True)
    rows = list(found.values_list("pk", "is_superuser"))
    return {pk for pk, _root in rows}, {pk for pk, root in rows if root}


def _teams(user_ids: Collection[int]) -> dict[int | None, set[int]]:
    found = Membership.objects.filter(user__in=user_ids).values_list("team_id", "user_id")
    rows: Iterable[tuple[int | None, int]] = found
    return _grouped(rows)


def _named(
    case_ids: Collection[int], user_ids: Collection[int], teams: Mapping[int | None, set[int]]
) -> dict[int, set[int]]:
    named: dict[int, set[int]] = defaultdict(set)
    grants = CaseGrant.objects.filter(case__in=case_ids)
    for case, user, team in grants.values_list("case_id", "user_id", "team_id"):
        named[case] |= teams.get(team, set()) if team else {user} & set(user_ids)
    return named


def _pairs(found: Any, what: str) -> dict[int, set[int]]:
    return _grouped(found.values_list("case_id", what))


def _grouped[Key](rows: Iterable[tuple[Key, int]]) -> dict[Key, set[int]]:
    groups: dict[Key, set[int]] = defaultdict(set)
    for key, value in rows:
        groups[key].add(value)
    return groups


def _about_to_change(
    instance: Case, *, update_fields: frozenset[str] | None = None, **_: Any
) -> None:
    """Let those who may read the case no longer know that their list lost something."""
    if not update_fields or not RIGHTS & update_fields:
        return
    before = Case.objects.filter(pk=instance.pk).values_list("team_id", "restricted").first()
    if before and not before[1] and before != (instance.team_id, instance.restricted):
        announce(QUEUE, before[0] or EVERYBODY)


def _changed(case: Case, changed: frozenset[str], **_: Any) -> None:
    if BY_INTERACTION not in changed:
        announce(CASE, case.pk)


def _recorded(interactions: list[Interaction], **_: Any) -> None:
    announce(CASE, *dict.fromkeys(interaction.case_id for interaction in interactions))


def _joined(into: Case, other: Case, **_: Any) -> None:
    announce(CASE, into.pk)
    announce(QUEUE, other.team_id or EVERYBODY)


def _both(into: Case, other: Case, **_: Any) -> None:
    announce(CASE, into.pk, other.pk)


def _split(case: Case, into: Case, **_: Any) -> None:
    announce(CASE, case.pk, into.pk)


def _left(case: Case, **_: Any) -> None:
    announce(CASE, case.pk)
