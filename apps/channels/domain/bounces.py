"""Reports of messages that did not arrive, put where they belong: at what failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from apps.cases import domain as cases
from apps.cases.domain.events import locked
from apps.cases.enums import Direction, Visibility
from apps.channels import tokens
from apps.channels.domain import outcomes
from apps.channels.driver import Returned
from apps.channels.enums import DeliveryState, InboundState, KeyRole
from apps.channels.keys import key_for
from apps.channels.models import Account, Delivery, MessageKey
from apps.channels.models.inbound import SYSTEM_MAIL
from apps.common.sentences import gettext as _
from apps.customers import domain as customers

if TYPE_CHECKING:
    from apps.channels.domain.accepting import Reading

COPY = "copy"


def attach(account: Account, readings: Sequence[Reading]) -> set[int]:
    """Settle the reports among readings that name a message of ours; returns their inputs' ids.

    A report counts only when it quotes a Message-ID that we signed and sent. It becomes an
    automatic interaction of that case, whoever sent it, and changes its delivery alone: what
    failed makes work for a person, an address that is no more is marked. What merely is late
    is noted. Deliveries are locked before their cases, as the outbox does.
    """
    named = {r.inbound.pk: _own_ids(r) for r in readings if r.incoming.bounce}
    wanted = {one for ids in named.values() for one in ids}
    if not wanted:
        return set()
    found = Delivery.objects.select_for_update(of=("self",)).select_related("interaction")
    found = found.filter(message_id__in=wanted, account__channel=account.channel)
    deliveries = {delivery.message_id: delivery for delivery in found.order_by("pk")}
    settled: set[int] = set()
    for reading in readings:
        ids = named.get(reading.inbound.pk, ())
        if delivery := next((deliveries[one] for one in ids if one in deliveries), None):
            _attach(account, reading, delivery)
            settled.add(reading.inbound.pk)
    return settled


def _own_ids(reading: Reading) -> list[str]:
    ids = reading.incoming.bounce.message_ids if reading.incoming.bounce else ()
    return [one for one in ids if tokens.is_own_message_id(one)]


def _attach(account: Account, reading: Reading, delivery: Delivery) -> None:
    inbound, incoming = reading.inbound, reading.incoming
    said = delivery.interaction
    if said is None:
        inbound.state, inbound.reason = InboundState.IGNORED, SYSTEM_MAIL
        _apply(delivery, incoming.bounce.recipients if incoming.bounce else ())
        return
    case = locked(said.case_id)
    inbound.case = case
    key = key_for(account.channel, incoming.external_id) if incoming.external_id else ""
    if key and MessageKey.objects.filter(key=key, case=case, customer=None).exists():
        inbound.state, inbound.reason = InboundState.IGNORED, COPY
        return
    new = cases.NewInteraction(
        channel=account.channel,
        direction=Direction.INBOUND,
        visibility=Visibility.INTERNAL,
        sender_kind=incoming.sender.kind or reading.kind,
        sender_value=incoming.sender.value,
        sender_name=incoming.sender.name,
        subject=tokens.strip_marks(incoming.subject),
        text=incoming.text,
        text_folded=incoming.text_folded,
        html=incoming.html,
        automatic=incoming.automatic[:40],
        occurred_at=incoming.occurred_at,
        received_at=inbound.received_at,
        attachments=reading.files,
    )
    interaction = cases.record_interaction(case=case, new=new)
    if key:
        MessageKey.objects.create(key=key, role=KeyRole.OWN, interaction=interaction, case=case)
    inbound.state, inbound.reason = InboundState.ACCEPTED, ""
    inbound.interaction = interaction
    _apply(delivery, reading.incoming.bounce.recipients if reading.incoming.bounce else ())


def _apply(delivery: Delivery, recipients: Sequence[Returned]) -> None:
    ours = {party["value"]: party["kind"] for party in delivery.parties}
    about = _choose(recipients, ours)
    failed = {address: _words(one) for address, one in about.items() if not one.delayed}
    if failed:
        outcomes.came_back(delivery, failed)
        _mark(ours, about)
    elif about and delivery.state == DeliveryState.SENT:
        late = "; ".join(f"{address}: {_words(one)}" for address, one in about.items())
        delivery.detail = _("Late, the other side keeps trying. %(reasons)s") % {"reasons": late}
        delivery.save(update_fields=["detail"])


def _choose(recipients: Sequence[Returned], ours: Mapping[str, str]) -> dict[str, Returned]:
    """Who of ours a report is about.

    Whoever was written to alone is meant by whatever name: their mail may be forwarded on. But
    it is their address that is no more only if the report names it.
    """
    about = {one.address: one for one in recipients if one.address in ours}
    if about or not recipients:
        return about
    only = next(iter(ours)) if len(ours) == 1 else recipients[0].address
    first = recipients[0]
    return {only: replace(first, bad_address=first.bad_address and not first.address)}


def _mark(ours: Mapping[str, str], about: Mapping[str, Returned]) -> None:
    for address, one in about.items():
        if one.bad_address and one.address in ours:
            customers.mark_undeliverable(kind=ours[address], value=address, reason=_words(one))


def _words(one: Returned) -> str:
    if one.diagnostic and one.status not in one.diagnostic and not one.status.endswith(".0.0"):
        return f"{one.status} {one.diagnostic}".strip()
    return one.diagnostic or one.status or _("no reason given")
