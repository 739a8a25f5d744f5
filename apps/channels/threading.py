"""Which case does a message belong to? The order of docs/architecture.md, for many at once.

``Threads`` loads whatever a batch of messages could match with a fixed number of queries;
``decide`` then judges one message after the other, and ``remember`` lets later messages of
the same batch find earlier ones. Everything happens inside the transaction that stores the
result, with the senders' customers locked, so two processes cannot miss each other's mails.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Q

from apps.cases.enums import Status
from apps.cases.models import Case, Interaction, Participant
from apps.channels.enums import KeyRole
from apps.channels.evidence import Message
from apps.channels.models import Consulted, MessageKey
from apps.customers.models import Identity


@dataclass(slots=True)
class Entry:
    """A stored key with its interaction, or one of this batch with its message.

    ``content_hash`` stands beside a message's own id.
    """

    role: str
    case: Case
    customer_id: int | None
    interaction_id: int | None = None
    message: Message | None = None
    content_hash: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """``case`` is where it belongs (None: a new one), ``previous`` what the new one links to.

    ``copy_of`` is the interaction that holds the same message already. ``bridged`` are further
    cases of the same customer which this message ties to ``case``.
    """

    case: Case | None = None
    bridged: tuple[Case, ...] = ()
    previous: Case | None = None
    copy_of: Entry | None = None


@dataclass(slots=True)
class Threads:
    """What the messages of a batch can be joined to."""

    cases: dict[int, Case] = field(default_factory=dict)
    seats: set[tuple[int, str, str]] = field(default_factory=set)
    consulted: set[tuple[int, str, str]] = field(default_factory=set)
    addresses: dict[int, set[tuple[str, str]]] = field(default_factory=dict)  # of each customer
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    reopen_days: int = 14

    def decide(self, message: Message) -> Decision:
        """Find the case of one message; the first match whose sender belongs to it holds."""
        if copy := self._find_copy(message):
            return Decision(case=copy.case, copy_of=copy)
        stranger_to: Case | None = None
        too_old: Case | None = None
        mine: list[Case] = []
        for case, by_mark in self._matches(message):
            if not self._belongs(message, case):
                stranger_to = stranger_to or (case if by_mark else None)
            elif not self._is_open_to(message, case):
                too_old = too_old or case
            elif all(case is not known for known in mine):
                mine.append(case)
        if mine:
            return Decision(case=mine[0], bridged=tuple(mine[1:]))
        if too_old and (later := self._later_case(message, too_old)):
            return Decision(case=later)
        return Decision(previous=too_old or stranger_to)

    def remember(self, message: Message, case: Case) -> list[tuple[str, str]]:
        """Let later messages find this one; returns the (key, role) pairs worth storing."""
        new: list[tuple[str, str]] = []
        for key, role in message.roles:
            known = self.entries.setdefault(key, [])
            owner = message.customer.pk
            said = message.content_hash if role == KeyRole.OWN else ""
            same = (e for e in known if e.role == role and e.case is case)
            if any(e.customer_id == owner and e.content_hash == said for e in same):
                continue
            known.append(Entry(role, case, owner, message=message, content_hash=said))
            new.append((key, role))
        return new

    def forget(self, case: Case, *, instead: Case) -> None:
        """From now on ``instead`` stands wherever ``case`` stood."""
        if case.pk:
            self.cases.pop(case.pk, None)
        for entry in (one for entries in self.entries.values() for one in entries):
            if entry.case is case:
                entry.case = instead

    def _matches(self, message: Message) -> Iterator[tuple[Case, bool]]:
        """Cases in the order of the evidence, and whether we ourselves signed it."""
        for entry in self._find(message.our_keys, (KeyRole.OWN,), None):
            yield entry.case, True
        for case_id in message.marked:
            if case := self.cases.get(case_id):
                yield case, True
        owner = message.customer.pk
        for keys, roles in (
            (message.named, (KeyRole.OWN,)),
            ((message.own_key,), (KeyRole.OWN, KeyRole.NAMED)),
            (message.named, (KeyRole.NAMED,)),
        ):
            for entry in self._find(keys, roles, owner):
                yield entry.case, False
        for entry in self.entries.get(message.link_key, ()):
            yield entry.case, False

    def _find(
        self, keys: Iterable[str], roles: Sequence[str], owner: int | None
    ) -> Iterator[Entry]:
        for key in keys:
            for entry in self.entries.get(key, ()):
                if entry.role in roles and entry.customer_id == owner:
                    yield entry

    def _belongs(self, message: Message, case: Case) -> bool:
        if case.customer_id == message.customer.pk:
            return True
        seat = (case.pk, message.kind, message.address)
        if seat in self.seats or seat in self.consulted:
            return True
        twins = self.addresses.get(message.customer.pk, ())
        return any((case.pk, kind, value) in self.seats for kind, value in twins)

    def is_internal(self, message: Message, case: Case) -> bool:
        """Whether it comes from a third party that we asked, and not from the customer.

        Whoever takes part by now and answers what they could read in public says so in public.
        """
        if case.customer_id == message.customer.pk:
            return False
        seat = (case.pk, message.kind, message.address)
        if seat not in self.consulted:
            return False
        return seat not in self.seats or self._answers_in_confidence(message, case)

    def _answers_in_confidence(self, message: Message, case: Case) -> bool:
        """Whether the nearest message of ours that it names is internal; so it is if none is."""
        ours = (e for e in self._find(message.our_keys, (KeyRole.OWN,), None) if e.case is case)
        entry = next(ours, None)
        if entry is None or entry.interaction_id is None:
            return True
        said = Interaction.objects.filter(pk=entry.interaction_id)
        return not said.public().exists()

    def _is_open_to(self, message: Message, case: Case) -> bool:
        """A machine's message wakes nobody, so it may join however long a case is closed."""
        if case.status != Status.CLOSED or case.closed_at is None or message.incoming.automatic:
            return True
        return message.inbound.received_at - case.closed_at <= timedelta(days=self.reopen_days)

    def _later_case(self, message: Message, case: Case) -> Case | None:
        """The newest open case that began when this one was too old to be reopened."""
        entries = (one for entries in self.entries.values() for one in entries)
        known = {id(one.case): one.case for one in entries if one.case.previous_id == case.pk}
        stored = Case.objects.select_for_update(of=("self",)).filter(
            previous=case, customer=message.customer
        )
        for found in stored.order_by("-pk")[:5]:
            later = self.cases.setdefault(found.pk, found)
            known[id(later)] = later
        newest_first = sorted(known.values(), key=lambda one: one.pk or float("inf"), reverse=True)
        for later in newest_first:
            if self._belongs(message, later) and self._is_open_to(message, later):
                return later
        return None

    def _find_copy(self, message: Message) -> Entry | None:
        """The same mail once more, through another mailbox or another way."""
        for entry in self._find((message.own_key,), (KeyRole.OWN,), message.customer.pk):
            if entry.content_hash == message.content_hash:
                return entry
        return None


def load(messages: Sequence[Message], *, reopen_days: int) -> Threads:
    """Load and lock what these messages could belong to, with five queries at most
    where no case was merged."""
    rows = _load_keys(messages)
    wanted = {row.case_id for row in rows} | {c for m in messages for c in m.marked}
    threads = Threads(reopen_days=reopen_days)
    if not wanted:
        return threads
    threads.cases = _load_cases(wanted)
    senders = {message.address for message in messages}
    own = Identity.objects.filter(customer__in={message.customer.pk for message in messages})
    for customer_id, kind, value in own.values_list("customer_id", "kind", "value"):
        threads.addresses.setdefault(customer_id, set()).add((kind, value))
        senders.add(value)
    here = {case.pk for case in threads.cases.values()}
    seated = Participant.objects.seated().filter(case__in=here, value__in=senders)
    threads.seats = set(seated.values_list("case_id", "kind", "value"))
    asked = Consulted.objects.filter(case__in=here, value__in=senders)
    threads.consulted = set(asked.values_list("case_id", "kind", "value"))
    for row in rows:
        if case := threads.cases.get(row.case_id):
            entry = Entry(
                row.role, case, row.customer_id, row.interaction_id, None, row.content_hash
            )
            threads.entries.setdefault(row.key, []).append(entry)
    return threads


def _load_cases(wanted: AbstractSet[int]) -> dict[int, Case]:
    """Lock these cases; a merged one's key leads to the case in which it goes on."""
    found: dict[int, Case] = {}
    while missing := wanted - found.keys():
        cases = Case.objects.select_for_update(of=("self",)).filter(pk__in=missing)
        newly = {case.pk: case for case in cases.order_by("pk")}
        if not newly:
            break
        found |= newly
        wanted = {case.merged_into_id for case in newly.values() if case.merged_into_id}
    return {pk: _heir(case, found) for pk, case in found.items()}


def _heir(case: Case, found: Mapping[int, Case]) -> Case:
    while case.merged_into_id and case.merged_into_id in found:
        case = found[case.merged_into_id]
    return case


def _load_keys(messages: Sequence[Message]) -> list[MessageKey]:
    keys = {key for message in messages for key in message.keys}
    if not keys:
        return []
    owners = {message.customer.pk for message in messages}
    found = MessageKey.objects.filter(
        Q(customer=None) | Q(customer__in=owners) | Q(role=KeyRole.LINK), key__in=keys
    )
    return list(found.order_by("pk"))
