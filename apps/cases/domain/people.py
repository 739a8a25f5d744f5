"""Who works on a case, who follows it, and who outside takes part in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from apps.accounts import rules as people
from apps.cases import signals
from apps.cases.domain.events import locked, locked_readable, record
from apps.cases.domain.lifecycle import take_up
from apps.cases.enums import Direction, EventKind
from apps.cases.errors import AlreadyParty, AlreadyTaken, CannotBeAssigned
from apps.cases.models import Case, CaseFollower, Interaction, Participant
from apps.cases.rules import can_read
from apps.customers import identities

if TYPE_CHECKING:
    from collections.abc import Collection

    from apps.accounts.models import Team, User


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
    case.owner = actor
    if case.team_id is None and len(actor.team_ids) == 1:
        case.team_id = actor.team_ids[0]
    take_up(case)
    _save(case, "owner", "team", "status")
    record(case, EventKind.CASE_TAKEN, actor=actor)
    return case


@transaction.atomic
def assign_case(*, case_id: int, actor: User, owner: User | None, team: Team | None = None) -> Case:
    """Give a case to a person, a team or both; ``owner=None`` puts it back into the queue.

    ``team=None`` leaves the team as it is. Raises CannotBeAssigned or NotAllowed.
    """
    case = locked(case_id, actor)
    before = {"owner": case.owner_id, "team": case.team_id}
    if team is not None:
        case.team = team
    if owner is not None and not _may_own(owner, case):
        raise CannotBeAssigned(owner.name, str(case.team))
    case.owner = owner
    if owner is not None:
        take_up(case)
    _save(case, "owner", "team", "status")
    after = {"owner": case.owner_id, "team": case.team_id}
    record(case, EventKind.CASE_ASSIGNED, actor=actor, before=before, after=after)
    return case


@transaction.atomic
def follow_case(*, case_id: int, actor: User, follower: User) -> CaseFollower:
    """Let a colleague read and note.

    Raises NotAllowed when the actor may not read the case, or AlreadyMerged.
    """
    case = locked_readable(case_id, actor)
    follow, created = CaseFollower.objects.get_or_create(case=case, user=follower)
    if created:
        record(case, EventKind.FOLLOWER_ADDED, actor=actor, user=follower.pk)
        signals.case_changed.send(Case, case=case, changed=frozenset({"followers"}))
    return follow


def add_participant(
    case: Case,
    *,
    kind: str,
    value: str,
    name: str = "",
    actor: User | None = None,
    interaction: Interaction | None = None,
) -> Participant | None:
    """Seat an outside party at a locked case; its own customer needs no seat.

    ``value`` is in normal form, ``interaction`` the message that brings them in. Who left takes
    their seat again. Returns None for the customer's own address.
    """
    if case.customer.identities.filter(kind=kind, value=value).exists():
        return None
    seat, created = Participant.objects.get_or_create(
        case=case,
        kind=kind,
        value=value,
        defaults={"name": name[:200], "joined_by": interaction},
    )
    if not created and seat.left_at is None:
        return seat
    if not created:
        seat.left_at, seat.joined_at, seat.joined_by = None, timezone.now(), interaction
        seat.save(update_fields=["left_at", "joined_at", "joined_by"])
    by = {"interaction": interaction.pk} if interaction else {}
    record(case, EventKind.PARTICIPANT_JOINED, actor=actor, participant=seat.pk, **by)
    return seat


@transaction.atomic
def invite_participant(
    *, case_id: int, actor: User, kind: str, value: str, name: str = ""
) -> Participant:
    """Let somebody outside take part: what they write joins the case, answers go to them, too.

    ``value`` is brought into its normal form. Raises NotAllowed, AlreadyParty for the
    customer's own address, or ValidationError for what is no address.
    """
    case = locked(case_id, actor)
    normal = identities.normalise(kind, value)
    seat = add_participant(case, kind=kind, value=normal, name=name, actor=actor)
    if seat is None:
        raise AlreadyParty(normal)
    return seat


@transaction.atomic
def dismiss_participant(*, participant_id: int, actor: User) -> Participant:
    """Let somebody outside leave a case: no answer goes to them any more by itself.

    What they write from then on begins a case of its own, linked to this one. Twice changes
    nothing. Raises NotAllowed or Participant.DoesNotExist.
    """
    case = locked(Participant.objects.get(pk=participant_id).case_id, actor)
    seat = Participant.objects.select_for_update(of=("self",)).get(pk=participant_id)
    return _leave(case, seat, actor)


@transaction.atomic
def unseat_participants(*, interaction: Interaction, actor: User, but: Collection[str]) -> None:
    """Let those leave whom only a message brought in that was never sent.

    Who has written stays, and so do the addresses in ``but``: other messages go to them.
    """
    case = locked(interaction.case_id)
    seats = case.participants.seated().filter(joined_by=interaction)
    written = case.interactions.filter(direction=Direction.INBOUND).values("sender_value")
    for seat in seats.exclude(value__in=written).exclude(value__in=but):
        _leave(case, seat, actor)


def _leave(case: Case, seat: Participant, actor: User) -> Participant:
    if seat.left_at is not None:
        return seat
    seat.left_at = timezone.now()
    seat.save(update_fields=["left_at"])
    record(case, EventKind.PARTICIPANT_LEFT, actor=actor, participant=seat.pk)
    signals.participant_left.send(Case, case=case, participant=seat)
    return seat


def _may_own(owner: User, case: Case) -> bool:
    if not owner.is_active:
        return False
    if case.restricted:
        return can_read(owner, case)
    return case.team_id is None or owner.is_superuser or people.is_in_team(owner, case.team_id)


def _save(case: Case, *fields: str) -> None:
    case.save(update_fields=fields)
    signals.case_changed.send(Case, case=case, changed=frozenset(fields))
