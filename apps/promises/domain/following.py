"""Clocks of answers, derived from what was said and never from a button.

A case that waits for our word owes an answer since the customer's oldest unanswered word; any
public word of ours, on whatever channel, keeps it. What leaves later keeps it when it leaves;
what never left (taken back, failed) has kept nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from apps.cases.domain import set_dues
from apps.cases.enums import Channel, Direction, Status
from apps.cases.models import Case, Interaction
from apps.common.bulk import insert_rows, update_rows
from apps.live.domain import announce
from apps.promises import kinds
from apps.promises.domain import pausing
from apps.promises.domain.agreed import agreement_of, first_reply_span
from apps.promises.domain.renewing import draft_by_rule, renew
from apps.promises.domain.returning import give_back
from apps.promises.domain.settling import settle_kept, settle_moot
from apps.promises.domain.terms import Terms, current_terms
from apps.promises.enums import REPLIES, Kind
from apps.promises.models import Promise
from apps.promises.topics import OWED


def follow_words(interactions: Sequence[Interaction]) -> None:
    """Let clocks follow words that were just recorded, for all of their cases at once.

    A machine's word, a note and what we ask third parties stop and start nothing.
    """
    cases = {one.case_id: one.case for one in interactions}
    ours: dict[int, Interaction] = {}
    for one in interactions:
        if _is_our_word(one):
            ours[one.case_id] = one
    if not ours and all(one.automatic or one.is_internal for one in interactions):
        return
    follow_waiting(list(cases.values()), ours)


def follow_waiting(cases: Sequence[Case], ours: Mapping[int, Interaction] | None = None) -> None:
    """Bring the clocks of locked cases in line with what waits in them.

    ``ours`` are words of ours that were just recorded, by the key of their case.
    Costs a fixed number of queries, and one where nothing changes.
    """
    owed = _owed(cases)
    changed = _settle(cases, owed, ours or {})
    for promise in changed:
        promise.save()
    paused = pausing.pause_or_resume(_still(owed, cases), at=timezone.now())
    update_rows(paused, pausing.FIELDS)
    begun = _begin([case for case in cases if case.waiting_since and not _has_clock(owed[case.pk])])
    for promise in begun:
        owed[promise.case_id].append(promise)
    touched = {promise.case_id for promise in [*changed, *paused, *begun]}
    if touched:
        set_dues({case_id: _first_due(owed[case_id]) for case_id in touched})
        owners = {promise.owner_id for promise in [*changed, *paused, *begun]}
        announce(OWED, *sorted(owner for owner in owners if owner))
    for promise in changed:
        renew(promise.case, promise)


def _settle(
    cases: Sequence[Case], owed: Mapping[int, list[Promise]], ours: Mapping[int, Interaction]
) -> list[Promise]:
    """End what a word of ours keeps, and the clocks of answers that nobody waits for any more."""
    by_word = kinds.slugs(kept_by_word=True)
    for case in cases:
        word = ours.get(case.pk)
        for promise in owed[case.pk]:
            if word and promise.kind in by_word:
                settle_kept(promise, at=word.received_at, actor=word.author, interaction=word)
            elif promise.kind in REPLIES and case.waiting_since is None:
                settle_moot(promise, at=timezone.now(), actor=None)
    return [one for case in cases for one in owed[case.pk] if not one.is_owed]


def _first_due(owed: Iterable[Promise]) -> datetime | None:
    running = (one.deadline for one in owed if one.is_owed and one.paused_at is None)
    return min(running, default=None)


def _still(owed: Mapping[int, list[Promise]], cases: Iterable[Case]) -> list[Promise]:
    return [promise for case in cases for promise in owed[case.pk] if promise.is_owed]


def _is_our_word(one: Interaction) -> bool:
    """A person's public word to the customer."""
    spoken = one.direction == Direction.OUTBOUND and one.channel != Channel.INTERNAL
    return spoken and not (one.automatic or one.is_internal or one.pending)


def _owed(cases: Sequence[Case]) -> defaultdict[int, list[Promise]]:
    """What is owed in these cases, held for a change."""
    found = Promise.objects.owed().filter(case__in=[case.pk for case in cases])
    by_case: defaultdict[int, list[Promise]] = defaultdict(list)
    known = {case.pk: case for case in cases}
    for promise in found.select_for_update(of=("self",)).order_by("pk"):
        promise.case = known[promise.case_id]
        by_case[promise.case_id].append(promise)
    return by_case


def _has_clock(owed: Iterable[Promise]) -> bool:
    """Whether an answer is owed already, be it for a time that the customer agreed to."""
    return any(one.is_owed and one.kind in REPLIES for one in owed)


def _begin(cases: Sequence[Case]) -> list[Promise]:
    """Start the clocks of cases that wait for us and owe no answer yet."""
    if not cases:
        return []
    terms = current_terms()
    again = give_back([case for case in cases if case.first_reply_at or case.reopened_count])
    running = {promise.case_id for promise in again if promise.kind in REPLIES}
    answers = [_answer(case, terms) for case in cases if case.pk not in running]
    new = [promise for promise in answers if promise is not None]
    insert_rows(new)
    return [*again, *new]


def _answer(case: Case, terms: Terms) -> Promise | None:
    if case.waiting_since is None or case.status == Status.CLOSED:
        return None
    agreed = agreement_of(case, terms)
    kind, span = Kind.NEXT_REPLY, timedelta(minutes=agreed.targets.next_reply)
    if case.first_reply_at is None:
        kind, span = Kind.FIRST_REPLY, first_reply_span(case, agreed.targets)
    due = agreed.after_span(case.waiting_since, span)
    return draft_by_rule(case, kind, since=case.waiting_since, due=due, agreed=agreed)
