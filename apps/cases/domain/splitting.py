"""Taking messages out of a case that hold another matter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from apps.cases import signals
from apps.cases.domain.events import locked, record
from apps.cases.domain.lifecycle import open_case, split_clocks
from apps.cases.domain.merging import move_interactions
from apps.cases.domain.people import add_participant
from apps.cases.enums import Channel, Direction, EventKind
from apps.cases.errors import CannotSplit
from apps.cases.models import Case, CaseGrant, Interaction
from apps.customers.models import Customer

if TYPE_CHECKING:
    from apps.accounts.models import User


@transaction.atomic
def split_case(
    *, case_id: int, actor: User, interactions: Iterable[int], subject: str = ""
) -> Case:
    """Make the chosen interactions of a case a new one, linked to it; returns the new case.

    Their attachments and deliveries go with them, and so does whatever answers them. The new
    case is for the same team and the same people; its customer is whoever wrote the chosen
    messages, and who else had part in them takes part. Merging it back undoes it.

    Raises NotAllowed, AlreadyMerged, or CannotSplit when nothing or all of a case is chosen.
    """
    case = locked(case_id, actor)
    wanted = set(interactions)
    chosen = list(Interaction.objects.filter(case=case, pk__in=wanted).order_by("pk"))
    said = case.interactions.exclude(channel=Channel.INTERNAL)
    if not any(one.channel != Channel.INTERNAL for one in chosen) or len(chosen) != len(wanted):
        raise CannotSplit(_("Choose at least one message of this case."))
    if not said.exclude(pk__in=wanted).exists():
        raise CannotSplit(_("Leave at least one message in this case."))
    new = _open(case, chosen, actor, subject)
    moved = move_interactions(case, new, ids=[one.pk for one in chosen])
    _seat(new, case, moved, actor)
    split_clocks(case, new)
    signals.case_split.send(Case, case=case, into=new, interactions=moved)
    ids = [one.pk for one in moved]
    record(case, EventKind.CASE_SPLIT, actor=actor, into=new.number, interactions=ids)
    record(new, EventKind.CASE_SPLIT_OFF, actor=actor, number=case.number, interactions=ids)
    return new


def _open(case: Case, chosen: Sequence[Interaction], actor: User, subject: str) -> Case:
    first = next(one for one in chosen if one.channel != Channel.INTERNAL)
    customer = _author(case, chosen)
    new = open_case(
        actor=actor,
        customer=customer,
        channel=first.channel,
        subject=subject.strip() or first.subject or case.subject,
        kind=case.kind,
        team=case.team,
        owner=case.owner,
        previous=case,
        at=min(one.received_at for one in chosen),
    )
    if customer == case.customer:
        new.reveals_customer = case.reveals_customer
    new.restricted = case.restricted
    new.save(update_fields=["reveals_customer", "restricted"])
    grants = CaseGrant.objects.filter(case=case).values_list("user", "team")
    CaseGrant.objects.bulk_create(
        [CaseGrant(case=new, user_id=user, team_id=team) for user, team in grants]
    )
    if new.restricted:
        signals.case_changed.send(Case, case=new, changed=frozenset({"restricted"}))
    return new


def _author(case: Case, chosen: Sequence[Interaction]) -> Customer:
    """Who wrote all that is chosen and came from outside; the case's customer if many did."""
    senders = {
        (one.sender_kind, one.sender_value)
        for one in chosen
        if one.direction == Direction.INBOUND and not one.is_internal and one.sender_value
    }
    if len(senders) != 1:
        return case.customer
    kind, value = senders.pop()
    known = Customer.objects.filter(identities__kind=kind, identities__value=value).first()
    return known or case.customer


def _seat(new: Case, case: Case, moved: Sequence[Interaction], actor: User) -> None:
    """Let those take part in the new case who took part in what moved there."""
    named = {
        (party["kind"], party["value"])
        for one in moved
        if not one.is_internal
        for party in (*one.recipients, *one.copies)
    } | {(one.sender_kind, one.sender_value) for one in moved if not one.is_internal}
    for seat in case.participants.seated():
        if (seat.kind, seat.value) in named:
            add_participant(new, kind=seat.kind, value=seat.value, name=seat.name, actor=actor)
