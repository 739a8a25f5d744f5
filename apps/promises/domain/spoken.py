"""A callback that reached its customer is a call of ours, and stands in the conversation."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from apps.cases.domain import NewInteraction, record_interaction
from apps.cases.enums import Channel, Direction
from apps.cases.models import Case, Interaction
from apps.promises.enums import Outcome
from apps.promises.models import Attempt, Promise

if TYPE_CHECKING:
    from apps.accounts.models import User

LONGEST_CALL = timedelta(minutes=30)


def record_call(case: Case, promise: Promise, attempt: Attempt, actor: User) -> Interaction:
    """Put a call that was just made on record in a locked case; clocks of answers follow it.

    The note stands in it for colleagues; of calls customers see only that there was one. Whoever
    noted nothing may have put the call on record already: then it is that one.
    """
    known = None if attempt.note else _on_record(promise, attempt, actor)
    if known is not None:
        return known
    new = NewInteraction(
        channel=Channel.PHONE,
        direction=Direction.OUTBOUND,
        author=actor,
        text=attempt.note or str(Outcome(attempt.outcome).label),
    )
    return record_interaction(case=case, new=new)


def _on_record(promise: Promise, attempt: Attempt, actor: User) -> Interaction | None:
    """The last call that the actor wrote down since this one may have begun, if no attempt was
    it yet.
    """
    since = max(promise.made_at, attempt.at - LONGEST_CALL)
    calls = Interaction.objects.spoken().filter(case=promise.case_id, author=actor)
    calls = calls.filter(channel=Channel.PHONE, received_at__gte=since)
    told = Attempt.objects.filter(interaction=OuterRef("pk"))
    return calls.exclude(Exists(told)).newest_first().first()
