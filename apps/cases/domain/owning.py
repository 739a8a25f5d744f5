"""Who works on a case: by their own choice, a colleague's, or a rule of the team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q

from apps.accounts import rules as people
from apps.accounts.models import Team
from apps.cases import signals
from apps.cases.domain.events import locked, record, record_all
from apps.cases.domain.giving import Barred, choose, given, is_anybody_free
from apps.cases.domain.lifecycle import hand_out, set_owner
from apps.cases.domain.recording import NewInteraction, bring_in, record_interaction
from apps.cases.enums import Channel, Direction, EventKind, Status, Visibility
from apps.cases.errors import AlreadyTaken, CannotBeAssigned
from apps.cases.mentions import find_mentioned
from apps.cases.models import Case, CaseEvent, Interaction
from apps.cases.rules import can_read

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from apps.accounts.models import User

MOST_AT_ONCE = 100


@transaction.atomic
def take_case(*, case_id: int, actor: User) -> Case:
    """Make the actor the owner of a case that has none; of fifty who try, one succeeds.

    A case without a team joins the actor's team when there is just one.
    Raises AlreadyTaken with the owner's name, or NotAllowed.
    """
    case = locked(case_id, actor)
    if case.owner_id == actor.pk:
        return case
    if case.owner is not None:
        raise AlreadyTaken(case.owner.name)
    changed = set_owner(case, actor)
    if case.team_id is None and len(actor.team_ids) == 1:
        case.team_id = actor.team_ids[0]
    _save(case, changed | {"team"})
    record(case, EventKind.CASE_TAKEN, actor=actor)
    return case


@transaction.atomic
def assign_case(
    *, case_id: int, actor: User, owner: User | None, team: Team | None = None, note: str = ""
) -> Case:
    """Give a case to a person, a team or both; ``owner=None`` puts it back into the queue.

    ``team=None`` leaves the team as it is. ``note`` is what the receiver should know; it stands
    in the case as an internal note. A case that comes into a team without an owner is given
    away by the team's rule, to somebody else than who had it.
    Raises CannotBeAssigned, NotAllowed or AlreadyMerged.
    """
    case = locked(case_id, actor)
    before = {"owner": case.owner_id, "team": case.team_id}
    if team is not None:
        case.team = team
    if owner is not None and not may_own(owner, case):
        raise CannotBeAssigned(owner.name, str(case.team))
    left = leave_word(case, actor, note) if note.strip() else None
    _save(case, set_owner(case, owner) | {"team"})
    after = {"owner": case.owner_id, "team": case.team_id}
    word = {"note": left.pk} if left else {}
    record(case, EventKind.CASE_ASSIGNED, actor=actor, before=before, after=after, **word)
    if owner is None:
        assign_by_rule(case=case, barred=filter(None, [before["owner"]]))
    return case


@transaction.atomic
def assign_by_rule(*, case: Case, barred: Iterable[int] = ()) -> Case:
    """Let the rule of its team give a locked case away that has no owner, if it has one.

    ``barred`` do not get it. Nothing changes for a case that has ended, or for which there is
    nobody.
    """
    if not case.is_ended:
        _give([case], {case.pk: set(barred)})
    return case


def give_waiting() -> int:
    """Give away what waits without an owner in teams with a rule; returns how many cases.

    Takes the longest waiting first. Nobody gets back what was taken off them. Any number may
    do this at once: what another one holds is left to it.
    """
    return sum(_give_in(team) for team in Team.objects.with_rule() if is_anybody_free(team))


@transaction.atomic
def _give_in(team: Team) -> int:
    waiting = Case.objects.active().unassigned().filter(team=team)
    # what is new and does not wait for us was written by a machine: people look at it
    waiting = waiting.filter(Q(waiting_since__isnull=False) | ~Q(status=Status.NEW))
    longest = waiting.order_by(F("waiting_since").asc(nulls_last=True), "pk")
    cases = list(longest.select_for_update(of=("self",), skip_locked=True)[:MOST_AT_ONCE])
    for case in cases:
        case.team = team
    return _give(cases, _former_owners(cases)) if cases else 0


def _give(cases: Sequence[Case], barred: Barred) -> int:
    gifts = choose(cases, barred=barred)
    for gift in gifts:
        _save(gift.case, hand_out(gift))
    if gifts:
        record_all([given(gift) for gift in gifts])
    return len(gifts)


def _former_owners(cases: Sequence[Case]) -> dict[int, set[int]]:
    """Who had each of these cases before it was put back into the queue."""
    told = CaseEvent.objects.filter(case__in=cases, kind=EventKind.CASE_ASSIGNED)
    former: dict[int, set[int]] = {}
    for case_id, data in told.order_by("pk").values_list("case_id", "data"):
        former[case_id] = {data.get("before", {}).get("owner")} - {None}
    return former


def leave_word(case: Case, actor: User, text: str) -> Interaction:
    """Leave what the receiver of a locked case should know, as an internal note in it.

    Whom it names with ``@`` is brought in, as by any other note.
    """
    new = NewInteraction(
        channel=Channel.INTERNAL,
        direction=Direction.OUTBOUND,
        visibility=Visibility.INTERNAL,
        author=actor,
        text=text.strip(),
        mentions=bring_in(case, actor, find_mentioned(text)),
    )
    return record_interaction(case=case, new=new)


def may_own(owner: User, case: Case) -> bool:
    """Whether a case, as it stands in memory, can belong to somebody."""
    if not owner.is_active:
        return False
    if case.restricted:
        return can_read(owner, case)
    return case.team_id is None or owner.is_superuser or people.is_in_team(owner, case.team_id)


def _save(case: Case, fields: set[str]) -> None:
    case.save(update_fields=fields)
    signals.case_changed.send(Case, case=case, changed=frozenset(fields))
