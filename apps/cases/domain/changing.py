"""Changes to what a case says of itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction

from apps.cases import signals
from apps.cases.domain.events import locked, record
from apps.cases.enums import Channel, Direction, EventKind, Visibility
from apps.cases.errors import NotAllowed
from apps.cases.models import Case, CaseGrant, Interaction, Tag
from apps.cases.rules import can_restrict

if TYPE_CHECKING:
    from apps.accounts.models import Team, User

CHANGEABLE = frozenset({"subject", "kind", "priority", "need", "needed_by", "needed_by_said"})
EXCLUDED = {field.name for field in Case._meta.get_fields()}  # noqa: SLF001 - documented API


@transaction.atomic
def update_case(
    *, case_id: int, actor: User, tags: Iterable[str] | None = None, **fields: Any
) -> Case:
    """Change subject, kind, priority, need, deadline or tags; what does not change leaves no event.

    Raises ValidationError with the field's name, NotAllowed, or TypeError for other fields.
    """
    if unknown := fields.keys() - CHANGEABLE:
        raise TypeError(f"not changeable here: {sorted(unknown)}")
    case = locked(case_id, actor)
    changed = {key for key, value in fields.items() if getattr(case, key) != value}
    for key in changed:
        setattr(case, key, fields[key])
    if changed:
        case.clean_fields(exclude=EXCLUDED - changed)
        case.save(update_fields=changed)
    if tags is not None:
        changed |= _set_tags(case, tags)
    if changed:
        values = {key: fields[key] for key in changed & {"kind", "priority"}}
        record(case, EventKind.CASE_CHANGED, actor=actor, fields=sorted(changed), **values)
        signals.case_changed.send(Case, case=case, changed=frozenset(changed))
    return case


@transaction.atomic
def restrict_case(
    *, case_id: int, actor: User, users: Iterable[User] = (), teams: Iterable[Team] = ()
) -> Case:
    """Show the case to the named people and teams alone, the actor always among them.

    Without names the case is opened to its team again. Raises NotAllowed.
    """
    case = locked(case_id, actor)
    if not can_restrict(actor, case):
        raise NotAllowed
    named_users, named_teams = list(users), list(teams)
    case.restricted = bool(named_users or named_teams)
    CaseGrant.objects.filter(case=case).delete()
    if case.restricted:
        people = {actor.pk: actor} | {user.pk: user for user in named_users}
        CaseGrant.objects.bulk_create(
            [CaseGrant(case=case, user=user) for user in people.values()]
            + [CaseGrant(case=case, team=team) for team in named_teams]
        )
    case.save(update_fields=["restricted"])
    record(case, EventKind.CASE_RESTRICTED, actor=actor, restricted=case.restricted)
    signals.case_changed.send(Case, case=case, changed=frozenset({"restricted"}))
    return case


@transaction.atomic
def promote_interaction(*, interaction_id: int, actor: User) -> Interaction:
    """Make what a third party answered a public part of its case.

    Notes of colleagues stay notes. Raises NotAllowed, or Interaction.DoesNotExist for what is
    no internal answer.
    """
    answers = Interaction.objects.filter(
        direction=Direction.INBOUND, visibility=Visibility.INTERNAL
    ).exclude(channel=Channel.INTERNAL)
    case = locked(answers.get(pk=interaction_id).case_id, actor)
    interaction = answers.select_for_update(of=("self",)).get(pk=interaction_id)
    interaction.visibility = Visibility.PUBLIC
    interaction.save(update_fields=["visibility"])
    record(case, EventKind.INTERACTION_PROMOTED, actor=actor, interaction=interaction.pk)
    signals.case_changed.send(Case, case=case, changed=frozenset({"interactions"}))
    return interaction


def _set_tags(case: Case, names: Iterable[str]) -> set[str]:
    wanted = sorted({name.strip() for name in names if name.strip()})
    if wanted == sorted(case.tags.values_list("name", flat=True)):
        return set()
    Tag.objects.bulk_create([Tag(name=name) for name in wanted], ignore_conflicts=True)
    case.tags.set(Tag.objects.filter(name__in=wanted))
    return {"tags"}
