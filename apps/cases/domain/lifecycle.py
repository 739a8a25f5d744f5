"""How a case begins, moves and ends. The only module that writes a case's status."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Required, TypedDict, Unpack

from django.db import transaction
from django.db.models import DateTimeField
from django.utils import timezone

from apps.cases import customer_notices, guards, signals
from apps.cases.domain.events import event, locked, record, record_all
from apps.cases.domain.giving import Gift, choose, given
from apps.cases.domain.standing import CLOCKS, recall_newest, snippet, theirs, unanswered
from apps.cases.enums import Channel, Direction, EventKind, Kind, Outcome, Status
from apps.cases.errors import AlreadyClosed, NotEnded, NotResolved
from apps.cases.hearing import CASE
from apps.cases.models import Case, CaseEvent, Interaction
from apps.common.bulk import insert_rows
from apps.customers import domain as customers
from apps.customers.models import Customer
from apps.live.domain import announce

if TYPE_CHECKING:
    from apps.accounts.models import Team, User


class NewCase(TypedDict, total=False):
    """What a case begins with; ``at`` is UTC, now when left out."""

    customer: Required[Customer]
    channel: Required[str]
    subject: str
    kind: str
    team: Team | None
    owner: User | None
    previous: Case | None
    needed_by: datetime | None
    needed_by_said: bool
    at: datetime


@transaction.atomic
def open_case(*, actor: User | None = None, **new: Unpack[NewCase]) -> Case:
    """Open a case and tell the other layers (signal ``cases_opened``).

    Opened by somebody who may not read the customer's addresses, it lets nobody read them.
    """
    new["customer"] = customers.hold(new["customer"])
    case = draft_case(**new)
    if actor is not None:
        readable = Customer.objects.identities_visible_to(actor)
        case.reveals_customer = readable.filter(pk=case.customer_id).exists()
    store_drafts([case], actor=actor)
    announce(CASE, case.pk)  # those of intake are told by their first interaction
    return case


def draft_case(**new: Unpack[NewCase]) -> Case:
    """A case that ``record_many`` stores together with its first interaction."""
    at = new.get("at") or timezone.now()
    owner = new.get("owner")
    case = Case(
        customer=new["customer"],
        channel=new["channel"],
        last_channel=new["channel"],
        subject=new.get("subject", "")[:500],
        kind=new.get("kind", Kind.HELP),
        team=new.get("team"),
        previous=new.get("previous"),
        needed_by=new.get("needed_by"),
        needed_by_said=new.get("needed_by_said", False),
        opened_at=at,
        last_activity_at=at,
    )
    set_owner(case, owner)
    return case


def store_drafts(cases: Sequence[Case], *, actor: User | None = None) -> None:
    """Store new cases with their first events, in the caller's transaction.

    Those in which a customer waits for us already are given away by their teams' rules.
    """
    gifts = choose([case for case in cases if case.waiting_since])
    for gift in gifts:
        hand_out(gift)
    insert_rows(cases)
    record_all([_opened(case, actor) for case in cases] + [given(gift) for gift in gifts])
    signals.cases_opened.send(Case, cases=cases)


def hand_out(gift: Gift) -> set[str]:
    """Let a case, which the caller stores, belong to whom a rule has chosen."""
    return set_owner(gift.case, gift.owner, at=gift.at)


@transaction.atomic
def resolve_case(*, case_id: int, actor: User) -> Case:
    """Offer the matter as solved; the customer confirms, or the policy's time closes it.

    Raises AlreadyClosed or NotAllowed. Resolving twice changes nothing.
    """
    case = locked(case_id, actor)
    if case.status == Status.CLOSED:
        raise AlreadyClosed
    if case.status == Status.RESOLVED:
        return case
    case.status, case.resolved_at, case.waiting_since = (
        Status.RESOLVED,
        timezone.now(),
        None,
    )
    _save(case, "status", "resolved_at", "waiting_since")
    record(case, EventKind.CASE_RESOLVED, actor=actor)
    return case


@transaction.atomic
def confirm_case(*, case_id: int, actor: User | None = None) -> Case:
    """Put the customer's own "it works" on record, and close.

    ``actor`` is the agent who heard it of what was resolved; None when the customer said so
    themselves, which they can at any time.
    Raises NotResolved, StillOwed, AlreadyClosed or NotAllowed.
    """
    case = locked(case_id, actor)
    if actor is not None and case.status != Status.RESOLVED:
        raise NotResolved
    record(case, EventKind.CASE_CONFIRMED, actor=actor)
    return close_case(case_id=case_id, actor=actor, outcome=Outcome.CONFIRMED)


@transaction.atomic
def close_case(
    *, case_id: int, actor: User | None, outcome: str = Outcome.AGREED, tells: bool = True
) -> Case:
    """Close a case on which nothing is owed any more; the customer is told after commit.

    ``tells`` is false where they know of no case, as after a call that we made on our own.
    Raises StillOwed with what hangs on the case, AlreadyClosed, or NotAllowed.
    """
    case = locked(case_id, actor)
    if case.status == Status.CLOSED:
        raise AlreadyClosed
    guards.check_can_close(case, outcome)
    now = timezone.now()
    case.status, case.closed_at, case.waiting_since = Status.CLOSED, now, None
    case.resolved_at = case.resolved_at or now
    _save(case, "status", "closed_at", "resolved_at", "waiting_since")
    record(case, EventKind.CASE_CLOSED, actor=actor, outcome=outcome)
    if tells and outcome != Outcome.DUPLICATE:
        customer_notices.tell(case, "closed")
    return case


@transaction.atomic
def reopen_case(*, case_id: int, actor: User | None, why: str = "", counts: bool = True) -> Case:
    """Take up a resolved or closed case again; raises NotEnded or NotAllowed.

    ``counts`` is false where it had ended only since nothing was ever said in it.
    """
    case = locked(case_id, actor)
    if not case.is_ended:
        raise NotEnded
    _reopen(case)
    case.reopened_count -= int(not counts)
    _save(case, "status", "resolved_at", "closed_at", "reopened_count")
    record(case, EventKind.CASE_REOPENED, actor=actor, why=why)
    return case


def after_interaction(case: Case, interaction: Interaction) -> set[str]:
    """Move status and clocks of a locked case as an interaction demands; returns the fields.

    A machine's message, a note, what leaves later and what we ask a third party move nothing;
    what that answers
    makes the next word ours. A customer's word waits for us from its
    receipt on and reopens what was ended; our public word ends the waiting. The caller
    stores the fields, and records the reopening when ``reopened_count`` is among them.
    """
    if interaction.automatic or interaction.pending or interaction.channel == Channel.INTERNAL:
        return set()
    if interaction.is_internal:
        return _third_party_spoke(case, interaction)
    if interaction.direction == Direction.INBOUND:
        return _customer_spoke(case, interaction.received_at)
    return _we_spoke(case, interaction.received_at)


@transaction.atomic
def word_failed(*, case_id: int) -> Case:
    """Let a case wait for us again, since our word did not reach its customer.

    It waits since the customer's own last word, or since now where they said none.
    """
    case = locked(case_id)
    if case.is_ended or case.waiting_since is not None:
        return case
    theirs = case.interactions.filter(direction=Direction.INBOUND, automatic="")
    last = theirs.order_by("-received_at").values_list("received_at", flat=True).first()
    case.waiting_since = last or timezone.now()
    if case.status == Status.WAITING:
        case.status = Status.OPEN
    _save(case, "waiting_since", "status")
    return case


@transaction.atomic
def word_taken_back(*, case_id: int, interaction: Interaction) -> Case:
    """Let a case wait for us again, since our word was never sent; it was no first reply.

    Where its customer never said a word, nobody waits.
    """
    case, changed = locked(case_id), {"first_reply_at", "snippet"}
    if theirs(case).exists():
        case = word_failed(case_id=case_id)
    elif case.status == Status.WAITING:
        case.status = Status.OPEN
        changed |= {"status"}
    if case.first_reply_at == interaction.received_at:
        others = case.interactions.spoken().exclude(pk=interaction.pk)
        case.first_reply_at = others.earliest_moment()
    newest = case.interactions.public().exclude(pk=interaction.pk).newest_first()
    case.snippet = snippet(newest.filter(automatic="", pending=False).first() or newest.first())
    _save(case, *changed)
    return case


@transaction.atomic
def word_left(*, interaction_id: int, decided: bool = False) -> None:
    """Let a word that was to leave later count from now on, as said now.

    It ends the waiting, unless the customer said something since it was written, which it then
    cannot answer; ``decided``: somebody has seen to that. Tells the other layers (signal
    ``words_left``). A word that counts already changes nothing.
    """
    case = locked(Interaction.objects.values_list("case_id", flat=True).get(pk=interaction_id))
    word = Interaction.objects.select_for_update(of=("self",)).get(pk=interaction_id)
    if not word.pending:
        return
    word.case, now = case, timezone.now()
    newer = theirs(case).filter(received_at__gt=word.received_at)
    overtaken = not decided and newer.exists()
    word.pending, word.received_at, word.occurred_at = False, now, now
    word.save(update_fields=["pending", "received_at", "occurred_at"])
    changed = {"first_reply_at", "snippet", "last_channel", "last_activity_at"}
    if overtaken:
        case.first_reply_at = case.first_reply_at or now
    else:
        changed |= _we_spoke(case, now)
    case.snippet, case.last_channel, case.last_activity_at = snippet(word), word.channel, now
    _save(case, *changed)
    signals.words_left.send(Interaction, interactions=[word])


@transaction.atomic
def word_repeated(*, case_id: int, interaction: Interaction) -> Case:
    """Say a failed word of ours again: the waiting ends if the customer said nothing since."""
    case = locked(case_id)
    since = case.interactions.filter(
        direction=Direction.INBOUND, automatic="", received_at__gt=interaction.received_at
    )
    if case.is_ended or interaction.is_internal or since.exists():
        return case
    changed = _we_spoke(case, timezone.now())
    _save(case, *changed)
    return case


def wait_for_unanswered(case: Case, *, answered: datetime | None) -> None:
    """Let a locked open case wait for what its customer said after ``answered``, our last word.

    What it waits for already, it waits for still.
    """
    found = unanswered(case, answered, None)
    if found is None or case.is_ended or (case.waiting_since and case.waiting_since <= found):
        return
    case.waiting_since = found
    if case.status == Status.WAITING:
        case.status = Status.OPEN
    _save(case, "waiting_since", "status")


def stop_waiting(case: Case) -> None:
    """Let a locked case wait for its customer no longer, though they said nothing."""
    if case.status == Status.WAITING:
        case.status = Status.OPEN
        _save(case, "status")


def merge_clocks(case: Case, into: Case) -> None:
    """End a locked case whose matter goes on in another locked one, which waits for both now.

    Where the first is active, an ended one is taken up again.
    """
    if not case.is_ended:
        if into.is_ended:
            _reopen(into)
        waiting = [at for at in (into.waiting_since, case.waiting_since) if at]
        into.waiting_since = min(waiting, default=None)
        if waiting and into.status == Status.WAITING:
            into.status = Status.OPEN
    if case.last_activity_at > into.last_activity_at:
        into.last_activity_at = case.last_activity_at
        into.snippet, into.last_channel = case.snippet, case.last_channel
    case.status, case.closed_at, case.waiting_since = Status.CLOSED, timezone.now(), None
    case.merged_into = into
    _save(into, *CLOCKS)
    _save(case, *CLOCKS, "merged_into")


def restore(case: Case, kept: dict[str, Any]) -> None:
    """Let the clocks and caches of a locked case say again what ``snapshot`` noted."""
    for name in CLOCKS:
        value = kept[name]
        is_moment = value is not None and isinstance(Case._meta.get_field(name), DateTimeField)  # noqa: SLF001 - documented API
        setattr(case, name, datetime.fromisoformat(value) if is_moment else value)
    case.merged_into = None
    _save(case, *CLOCKS, "merged_into")


def split_clocks(case: Case, new: Case) -> None:
    """Work out the clocks and caches of two locked cases after words moved from one to the other.

    The first still waits for what it waited for, as far as that has stayed; the new one for
    whatever its own words leave unanswered.
    """
    since = case.waiting_since
    if since is not None:
        case.waiting_since = theirs(case).filter(received_at__gte=since).earliest_moment()
        if case.waiting_since is None and case.status == Status.OPEN and case.first_reply_at:
            case.status = Status.WAITING
    ours = new.interactions.spoken()
    new.first_reply_at = ours.earliest_moment()
    if new.first_reply_at and case.first_reply_at == new.first_reply_at:
        case.first_reply_at = case.interactions.spoken().earliest_moment()
    new.waiting_since = unanswered(new, ours.latest_moment(), since)
    if new.waiting_since is None and new.first_reply_at:
        new.status = Status.WAITING
    for one in (case, new):
        recall_newest(one)
        _save(one, *CLOCKS)


def set_owner(case: Case, owner: User | None, *, at: datetime | None = None) -> set[str]:
    """Let a case, which the caller stores, belong to somebody; returns the fields to store.

    With an owner it is no longer new; who stays its owner has had it since before.
    """
    if case.owner_id != (owner.pk if owner else None):
        case.owned_since = (at or timezone.now()) if owner else None
    case.owner = owner
    if owner is not None and case.status == Status.NEW:
        case.status = Status.OPEN
    return {"owner", "owned_since", "status"}


def _customer_spoke(case: Case, at: datetime) -> set[str]:
    case.waiting_since = min(case.waiting_since or at, at)
    if case.is_ended:
        _reopen(case)
        return {"waiting_since", "status", "resolved_at", "closed_at", "reopened_count"}
    if case.status == Status.WAITING:
        case.status = Status.OPEN
    return {"waiting_since", "status"}


def _third_party_spoke(case: Case, interaction: Interaction) -> set[str]:
    if interaction.direction == Direction.OUTBOUND or case.is_ended:
        return set()
    return _customer_spoke(case, interaction.received_at)


def _we_spoke(case: Case, at: datetime) -> set[str]:
    case.waiting_since = None
    case.first_reply_at = case.first_reply_at or at
    if case.is_ended:
        return {"waiting_since", "first_reply_at"}
    case.status = Status.WAITING
    return {"waiting_since", "first_reply_at", "status"}


def _opened(case: Case, actor: User | None) -> CaseEvent:
    linked = {"previous": case.previous.number} if case.previous else {}
    values = {"channel": case.channel, "kind": case.kind} | linked
    return event(case, EventKind.CASE_OPENED, actor=actor, **values)


def _reopen(case: Case) -> None:
    case.status, case.resolved_at, case.closed_at = Status.OPEN, None, None
    case.reopened_count += 1


def _save(case: Case, *fields: str) -> None:
    case.save(update_fields=fields)
    signals.case_changed.send(Case, case=case, changed=frozenset(fields))
