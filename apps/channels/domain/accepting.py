"""The one short transaction in which inputs that were read become interactions of cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from apps.cases import domain as cases
from apps.cases import files
from apps.cases.domain.events import event, record_all
from apps.cases.enums import Direction, EventKind, Visibility
from apps.cases.files import StoredFile
from apps.cases.models import Case, Interaction
from apps.channels import addressing, options, tokens
from apps.channels.domain import bounces
from apps.channels.domain.acknowledging import Arrival, acknowledge
from apps.channels.domain.joining import bridge
from apps.channels.domain.screening import SPAM, Screen, is_spam, set_aside
from apps.channels.driver import Incoming, Party
from apps.channels.enums import InboundState, KeyRole
from apps.channels.evidence import Message, describe
from apps.channels.models import Account, CaseRoute, InboundMessage, MessageKey
from apps.channels.signals import messages_threaded
from apps.channels.threading import Decision, Threads, load
from apps.common.bulk import insert_rows, update_rows
from apps.customers import domain as customers
from apps.customers.identities import normalise_received

MAX_STORED_ID = 255
COPY = "copy"
FATE = ["state", "reason", "case", "interaction", "copy_of"]


@dataclass(frozen=True, slots=True)
class Reading:
    """An input that was understood; its files lie in the storage already.

    ``content_hash`` tells whether two inputs with one id say the same.
    """

    inbound: InboundMessage
    incoming: Incoming
    kind: str
    files: tuple[StoredFile, ...] = ()
    content_hash: str = ""


@dataclass(slots=True)
class Placed:
    """A message with its place: what ``record_many`` and the keys are made from."""

    message: Message
    reading: Reading
    case: Case
    keys: list[tuple[str, str]]
    visibility: str = Visibility.PUBLIC
    spam: str = ""


def accept(account: Account, readings: Sequence[Reading]) -> None:
    """Give each input its fate: an interaction in a case, or ``ignored`` by a named rule.

    All or nothing. Inputs that somebody else has settled meanwhile are left alone, so any
    number of processes may accept the same input. The readings' inbound rows are brought up
    to date; files that nobody needs are removed again.
    """
    try:
        with transaction.atomic():
            unused = _accept(account, readings)
    except BaseException:
        _discard(readings)
        raise
    _discard(unused)


def _accept(account: Account, readings: Sequence[Reading]) -> list[Reading]:
    mine = InboundMessage.objects.select_for_update().filter(
        pk__in=[reading.inbound.pk for reading in readings], state=InboundState.RECEIVED
    )
    live = set(mine.order_by("pk").values_list("pk", flat=True))
    ours = [r for r in readings if r.inbound.pk in live]
    returned = bounces.attach(account, ours)
    screen = Screen.of(account, (reading.incoming for reading in ours))
    foreign = [r for r in ours if r.inbound.pk not in returned and not _ignored(r, screen)]
    messages = _describe(account, foreign)
    threads = load(messages, reopen_days=options.reopen_days(account))
    placed: list[Placed] = []
    for message, reading in zip(messages, foreign, strict=True):
        decision = threads.decide(message)
        if decision.copy_of is not None:
            _settle_copy(message, decision)
        else:
            bridged = bridge(threads, placed, decision)
            one = _place(threads, message, reading, bridged, account)
            one.spam = _spam_rule(screen, one, placed)
            placed.append(one)
    _hear_out(placed)
    _record(account, placed)
    customers.mark_deliverable(
        (one.message.kind, one.message.address)
        for one in placed
        if not one.message.incoming.automatic
    )
    update_rows([reading.inbound for reading in ours], FATE)
    used = {one.reading.inbound.pk for one in placed} | returned
    return [reading for reading in readings if reading.inbound.pk not in used]


def _ignored(reading: Reading, screen: Screen) -> bool:
    """Set aside what a named rule says is nobody's word to us."""
    if rule := screen.ignored_by(reading.incoming):
        _ignore(reading.inbound, rule)
    return bool(rule)


def _describe(account: Account, readings: Sequence[Reading]) -> list[Message]:
    senders = [_sender(reading) for reading in readings]
    found = customers.find_or_create_many(senders)
    return [
        describe(
            reading.inbound,
            reading.incoming,
            channel=account.channel,
            kind=sender.kind,
            address=sender.value,
            customer=customer,
            content_hash=reading.content_hash,
        )
        for reading, sender, customer in zip(readings, senders, found, strict=True)
    ]


def _sender(reading: Reading) -> customers.Sender:
    party = reading.incoming.sender
    kind = party.kind or reading.kind
    value = normalise_received(kind, party.value)
    return customers.Sender(kind, value, party.name, reading.incoming.language)


def _place(
    threads: Threads, message: Message, reading: Reading, decision: Decision, account: Account
) -> Placed:
    case = decision.case or cases.draft_case(
        customer=message.customer,
        channel=account.channel,
        subject=tokens.strip_marks(message.incoming.subject),
        team=account.team,
        previous=decision.previous,
        at=message.inbound.received_at,
    )
    if case.customer_id == message.customer.pk:
        case.customer = message.customer  # spares whoever listens a query
    aside = threads.is_internal(message, case)
    visibility = Visibility.INTERNAL if aside else Visibility.PUBLIC
    return Placed(message, reading, case, threads.remember(message, case), visibility)


def _spam_rule(screen: Screen, one: Placed, earlier: Sequence[Placed]) -> str:
    """The rule by which a message is spam; a guess hides nothing of what people work on."""
    rule = screen.spam_rule(one.message.incoming)
    mates = [other for other in earlier if other.case is one.case]
    if not rule or any(map(_is_word, mates)):
        return ""
    if not one.case.pk:
        return rule if not mates or any(other.spam for other in mates) else ""
    return rule if is_spam(one.case) else ""


def _hear_out(placed: Sequence[Placed]) -> None:
    """Where somebody speaks in a case, no guess of the same batch hides anything of it."""
    heard = {id(one.case) for one in placed if _is_word(one)}
    for one in placed:
        if id(one.case) in heard:
            one.spam = ""


def _is_word(one: Placed) -> bool:
    """What a person wrote, as far as anybody can tell."""
    return not one.spam and not one.message.incoming.automatic


def _record(account: Account, placed: Sequence[Placed]) -> None:
    """Store cases, interactions, keys and routes; note the fate on each inbound row."""
    fresh = {id(one.case): one.case for one in placed if not one.case.pk}
    entries = [(one.case, _interaction(account, one)) for one in placed]
    interactions = cases.record_many(entries)
    insert_rows([CaseRoute(case=case, account=account) for case in fresh.values()])
    keys: list[MessageKey] = []
    for one, interaction in zip(placed, interactions, strict=True):
        inbound = one.message.inbound
        inbound.state, inbound.reason = InboundState.ACCEPTED, ""
        inbound.case, inbound.interaction = one.case, interaction
        keys += _keys(one, interaction)
    insert_rows(keys)
    messages_threaded.send(InboundMessage, interactions=interactions)
    _tell_left_out(placed)
    for one in placed:
        if not fresh.pop(id(one.case), None):
            continue
        if one.spam:
            set_aside(one.case, one.spam)
        else:
            _acknowledge(account, one)


def _tell_left_out(placed: Sequence[Placed]) -> None:
    """Say in the story of a case how many files of a message stand in its raw bytes alone."""
    left_out = [
        event(
            one.case,
            EventKind.FILES_LEFT_OUT,
            interaction=one.message.inbound.interaction_id,
            count=one.message.incoming.left_out,
        )
        for one in placed
        if one.message.incoming.left_out
    ]
    if left_out:
        record_all(left_out)


def _acknowledge(account: Account, first: Placed) -> None:
    message = first.message
    sender = Party(message.kind, message.address, message.incoming.sender.name)
    received_at = message.inbound.received_at
    acknowledge(account, Arrival(first.case, message.incoming, sender, received_at))


def _interaction(account: Account, placed: Placed) -> cases.NewInteraction:
    incoming, message = placed.message.incoming, placed.message
    return cases.NewInteraction(
        channel=account.channel,
        direction=Direction.INBOUND,
        visibility=placed.visibility,
        sender_kind=message.kind if message.address else "",
        sender_value=message.address,
        sender_name=incoming.sender.name,
        recipients=_parties(incoming.to),
        copies=_parties(incoming.cc),
        reply_to=_parties(_reply_to(account, message)),
        subject=tokens.strip_marks(incoming.subject),
        text=incoming.text,
        text_folded=incoming.text_folded,
        html=incoming.html,
        automatic=incoming.automatic[:40] or (SPAM if placed.spam else ""),
        occurred_at=incoming.occurred_at,
        received_at=message.inbound.received_at,
        attachments=placed.reading.files,
    )


def _reply_to(account: Account, message: Message) -> Sequence[Party]:
    """Where they want answers, if that is neither where they wrote from nor we ourselves."""
    asked = [party for party in message.incoming.reply_to if party.value]
    if {party.value for party in asked} <= {message.address}:
        return ()
    return addressing.without_ours(asked, account.channel)


def _keys(placed: Placed, interaction: Interaction) -> list[MessageKey]:
    external_id = placed.message.incoming.external_id
    stored_id = external_id if len(external_id) <= MAX_STORED_ID else ""
    return [
        MessageKey(
            key=key,
            role=role,
            interaction=interaction,
            case=placed.case,
            customer=placed.message.customer,
            external_id=stored_id if role == KeyRole.OWN else "",
            content_hash=placed.message.content_hash if role == KeyRole.OWN else "",
        )
        for key, role in placed.keys
    ]


def _parties(parties: Sequence[Party]) -> list[dict[str, str]]:
    return [{"kind": p.kind, "value": p.value, "name": p.name} for p in parties]


def _settle_copy(message: Message, decision: Decision) -> None:
    inbound, original = message.inbound, decision.copy_of
    _ignore(inbound, COPY)
    inbound.case = decision.case
    if original is None:
        return
    if original.message is not None:
        inbound.copy_of = original.message.inbound
    else:
        held = InboundMessage.objects.filter(interaction=original.interaction_id)
        inbound.copy_of = held.first()


def _ignore(inbound: InboundMessage, rule: str) -> None:
    inbound.state, inbound.reason = InboundState.IGNORED, rule


def _discard(readings: Sequence[Reading]) -> None:
    files.discard(file for reading in readings for file in reading.files)
