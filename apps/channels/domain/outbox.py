"""The outbox: deliveries come to be together with what they carry, and people steer them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.cases import domain as cases
from apps.cases.domain.events import record
from apps.cases.enums import Direction, EventKind, Visibility
from apps.cases.errors import NotAllowed
from apps.cases.models import CaseEvent, Interaction
from apps.cases.rules import can_write
from apps.channels import nudges, tokens
from apps.channels.domain.writing import unsigned
from apps.channels.enums import DeliveryState, KeyRole
from apps.channels.errors import WrongState
from apps.channels.keys import key_for
from apps.channels.models import Account, Consulted, Delivery, MessageKey
from apps.channels.models.delivery import PATIENCE
from apps.common.sentences import gettext as _
from apps.customers.models import Identity

if TYPE_CHECKING:
    from apps.accounts.models import User

MAX_REFERENCES = 20
SOON = timedelta(minutes=1)
RETRIABLE = (
    DeliveryState.FAILED,
    DeliveryState.UNKNOWN,
    DeliveryState.BOUNCED,
    DeliveryState.QUEUED,
    DeliveryState.HELD,
)
CANCELLABLE = (DeliveryState.HELD, DeliveryState.QUEUED)
SETTLEABLE = (
    DeliveryState.FAILED,
    DeliveryState.UNKNOWN,
    DeliveryState.BOUNCED,
    DeliveryState.QUEUED,
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """How something leaves: held back until a time (UTC), or as a machine's message."""

    held_until: datetime | None = None
    automatic: bool = False

    @property
    def is_scheduled(self) -> bool:
        """Whether it leaves later than somebody could merely take it back."""
        return self.held_until is not None and self.held_until > timezone.now() + SOON


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, for writing it anew."""

    interaction: Interaction
    text: str
    html: str
    to: list[str]
    cc: list[str]
    held_until: datetime | None


def queue(interaction: Interaction, account: Account, envelope: Envelope) -> Delivery:
    """Put an interaction into the outbox, inside the transaction that recorded it.

    Fixes its Message-ID for every attempt, its reply address and what it refers to.
    """
    case, now = interaction.case, timezone.now()
    begins = envelope.held_until or now
    domain = account.address.rpartition("@")[2]
    message_id = tokens.new_message_id(domain)
    delivery = Delivery.objects.create(
        interaction=interaction,
        account=account,
        message_id=message_id,
        reply_to=tokens.reply_address(account.address, case.pk),
        references=_references(interaction),
        automatic=envelope.automatic,
        state=DeliveryState.HELD if envelope.held_until else DeliveryState.QUEUED,
        held_until=envelope.held_until,
        created_at=now,
        next_attempt_at=begins,
        expires_at=begins + PATIENCE,
    )
    MessageKey.objects.create(
        key=key_for(account.channel, message_id),
        role=KeyRole.OWN,
        interaction=interaction,
        case=case,
        external_id=message_id,
    )
    if delivery.state == DeliveryState.QUEUED:
        nudges.after_commit_deliver(delivery.pk)
    return delivery


@transaction.atomic
def retry_delivery(*, delivery_id: int, actor: User) -> Delivery:
    """Send it now, for a person who decided so: with the same Message-ID, and five days more.

    Raises WrongState while it is being sent or when it has arrived, or NotAllowed.
    """
    delivery = _locked(delivery_id, actor, RETRIABLE)
    if delivery.interaction is None and not delivery.system_mail.text:
        raise WrongState(str(DeliveryState(delivery.state).label))  # its link is gone
    now = timezone.now()
    delivery.state, delivery.next_attempt_at = DeliveryState.QUEUED, now
    delivery.attempts, delivery.expires_at = 0, now + PATIENCE
    delivery.held_until = delivery.settled_at = delivery.warned_at = None
    delivery.committing = delivery.unreachable = False
    delivery.remaining = sorted({*delivery.remaining, *delivery.refused})
    delivery.refused = {}
    delivery.save()
    if said := delivery.interaction:
        record(said.case, EventKind.DELIVERY_RETRIED, actor=actor, interaction=said.pk)
        if said.pending:
            cases.word_left(interaction_id=said.pk, decided=True)
        elif not delivery.automatic:
            cases.word_repeated(case_id=said.case_id, interaction=said)
    nudges.after_commit_deliver(delivery.pk)
    return delivery


@transaction.atomic
def cancel_delivery(*, delivery_id: int, actor: User) -> Delivery:
    """Take back what has not left; the case waits for us again.

    The detail is empty, unless a server took it for some (then it says for whom) or may have
    taken it before a retry.

    Raises WrongState once it is being sent, or NotAllowed.
    """
    delivery = _locked(delivery_id, actor, CANCELLABLE)
    _cancel(delivery, actor)
    return delivery


@transaction.atomic
def undo_delivery(*, delivery_id: int, actor: User) -> Undone:
    """Take back what is held or was never tried, and give its words back to the composer.

    Raises WrongState once a server may have it, or NotAllowed.
    """
    delivery = _locked(delivery_id, actor, CANCELLABLE)
    said = delivery.interaction
    if delivery.attempts or said is None or _may_have_left(delivery):
        raise WrongState(str(DeliveryState(delivery.state).label))
    _cancel(delivery, actor)
    return Undone(
        interaction=said,
        text=said.text_folded,
        html=unsigned(said.html),
        to=[party["value"] for party in said.recipients],
        cc=[party["value"] for party in said.copies],
        held_until=delivery.held_until,
    )


def hold_scheduled(*, interactions: Sequence[Interaction], **_kwargs: Any) -> None:
    """Receive ``interactions_recorded``: what was to go out later waits for the agent when its
    customer writes meanwhile, since it does not know what they said.

    What leaves within the minute (the undo window) is left alone.
    """
    cases_of_people = {
        one.case_id
        for one in interactions
        if one.direction == Direction.INBOUND
        and not (one.is_internal or one.automatic)
        and one.case.opened_at < one.received_at
    }
    if not cases_of_people:
        return
    later = Delivery.objects.filter(
        state=DeliveryState.HELD,
        held_until__gt=timezone.now() + SOON,
        automatic=False,
        interaction__case__in=cases_of_people,
        interaction__visibility=Visibility.PUBLIC,
    )
    why = _("The customer wrote meanwhile: read it, then send this now or take it back.")
    later.update(held_until=None, detail=why)


def _cancel(delivery: Delivery, actor: User) -> None:
    delivery.state, delivery.settled_at = DeliveryState.CANCELLED, timezone.now()
    delivery.detail, maybe = "", False
    if delivery.is_partly_sent:
        values = {"reached": ", ".join(delivery.reached)}
        delivery.detail = _("Cancelled for the others; got it already: %(reached)s.") % values
    elif maybe := _may_have_left(delivery):
        delivery.detail = _("Cancelled, but an earlier attempt may have been sent.")
    delivery.save(update_fields=["state", "settled_at", "detail"])
    said = delivery.interaction
    if said is None:
        return
    record(said.case, EventKind.DELIVERY_CANCELLED, actor=actor, interaction=said.pk)
    if not (delivery.is_partly_sent or maybe):
        cases.unseat_participants(interaction=said, actor=actor, but=_written_to(said))
        _unask(said)
    if delivery.automatic or said.is_internal or said.pending:
        return
    if not delivery.misses_its_addressee:
        return
    if delivery.is_partly_sent or maybe:
        cases.word_failed(case_id=said.case_id)
    else:
        cases.word_taken_back(case_id=said.case_id, interaction=said)


def _written_to(said: Interaction) -> set[str]:
    """Whom the other messages of a case went or go to."""
    others = Delivery.objects.filter(interaction__case=said.case_id).exclude(interaction=said)
    standing = others.exclude(state=DeliveryState.CANCELLED).select_related("interaction")
    return {party["value"] for one in standing for party in one.parties}


def _unask(said: Interaction) -> None:
    """Whom only a forward that never left would have asked is no party to the case."""
    if not said.is_internal:
        return
    own = {(party["kind"], party["value"]) for party in said.recipients}
    asked = Consulted.objects.filter(case=said.case_id, value__in=[value for _kind, value in own])
    others = Delivery.objects.filter(
        interaction__case=said.case_id, interaction__visibility=Visibility.INTERNAL
    ).exclude(interaction=said)
    standing = others.exclude(state=DeliveryState.CANCELLED).select_related("interaction")
    known = {(party["kind"], party["value"]) for one in standing for party in one.parties}
    answers = Interaction.objects.filter(case=said.case_id, direction=Direction.INBOUND)
    known |= set(answers.values_list("sender_kind", "sender_value"))
    gone = [one.pk for one in asked if (one.kind, one.value) in own - known]
    Consulted.objects.filter(pk__in=gone).delete()


def _may_have_left(delivery: Delivery) -> bool:
    """Whether an attempt before the last retry by hand ended without an answer."""
    said = delivery.interaction
    if said is None:
        return False
    here = Q(case=said.case_id) | Q(case__merged_into=said.case_id)
    unknown = CaseEvent.objects.filter(here, kind=EventKind.DELIVERY_UNKNOWN)
    return unknown.filter(data__delivery=delivery.pk).exists()


@transaction.atomic
def settle_delivery(*, delivery_id: int, actor: User) -> Delivery:
    """Take a delivery off the list of trouble: a person has seen to it in another way.

    Raises WrongState for one that is in no trouble, or NotAllowed.
    """
    delivery = _locked(delivery_id, actor, SETTLEABLE)
    delivery.settled_at = timezone.now()
    delivery.save(update_fields=["settled_at"])
    return delivery


def _locked(delivery_id: int, actor: User, states: tuple[DeliveryState, ...]) -> Delivery:
    delivery = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("interaction__case")
        .get(pk=delivery_id)
    )
    theirs = Delivery.objects.steered_by(actor).filter(pk=delivery_id).exists()
    said = delivery.interaction
    if not theirs and not (said and can_write(actor, said.case)):
        raise NotAllowed
    if delivery.state not in states:
        raise WrongState(str(DeliveryState(delivery.state).label))
    return delivery


def _references(interaction: Interaction) -> list[str]:
    """Ids of the case's messages, oldest first: its first and its newest.

    Public ones for the customer, internal ones for whom we asked: neither learns of the other.
    Of two customers in one case neither gets an id of the other's mail that they are not part of.
    """
    parties = {party["value"] for party in (*interaction.recipients, *interaction.copies)}
    theirs = Identity.objects.filter(value__in=parties).values("customer")
    own = MessageKey.objects.filter(case=interaction.case_id, role=KeyRole.OWN)
    own = own.filter(Q(customer=None) | Q(customer__in=theirs))
    own = own.filter(interaction__visibility=interaction.visibility).exclude(external_id="")
    newest = list(own.order_by("-pk").values_list("external_id", flat=True)[:MAX_REFERENCES])
    first = own.order_by("pk").values_list("external_id", flat=True).first()
    return list(dict.fromkeys([first, *reversed(newest)])) if first else []
