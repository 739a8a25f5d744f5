"""Who follows a case, and who outside takes part in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from apps.cases import signals
from apps.cases.domain.events import locked, locked_readable, record
from apps.cases.enums import Direction, EventKind
from apps.cases.errors import AlreadyParty
from apps.cases.models import Case, CaseFollower, Interaction, Participant
from apps.customers import identities

if TYPE_CHECKING:
    from collections.abc import Collection

    from apps.accounts.models import User


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
