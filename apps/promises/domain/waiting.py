"""Which promise to a customer waits for what is asked behind the scenes."""

from __future__ import annotations

from datetime import datetime

from apps.cases.models import Case
from apps.promises import kinds
from apps.promises.enums import Kind, State
from apps.promises.errors import Unanswered
from apps.promises.models import Inquiry, Promise


def first_to_keep(case: Case) -> Promise | None:
    """The promise to the customer that can still be kept and is due first, in one query.

    Clocks of answers are none of them: a word that one is asking stops these.
    """
    owed = Promise.objects.owed().filter(case=case, state=State.OPEN).exclude(kind=Kind.INQUIRY)
    return owed.besides_replies().next_first().first()


def needed_for(inquiry: Promise | None, case: Case) -> Promise | None:
    """The promise for which the answer to a question is needed; ``inquiry`` is the question's own.

    It is the one that waits for it, else the first that can still be kept.
    """
    if inquiry is not None:
        asked = Inquiry.objects.filter(promise=inquiry).select_related("waits").first()
        if asked is not None and asked.waits is not None and asked.waits.is_owed:
            return asked.waits
    return first_to_keep(case)


def needed_at(promise: Promise) -> datetime:
    """Until when (UTC) an answer helps: a call may begin with its window, all else be last."""
    return promise.due_at if kinds.get(promise.kind).by_voice else promise.deadline


def check_answered(promise: Promise) -> None:
    """Raise Unanswered for the promise of a question that nobody has answered yet."""
    asked = Inquiry.objects.unanswered().filter(promise=promise).first()
    if asked is not None:
        raise Unanswered(asked.pk, asked.name)


def follow_to(successor: Promise, ended: Promise) -> None:
    """Let the inquiry of an ended promise, and those that it needs, go on with its successor."""
    Inquiry.objects.filter(promise=ended).update(promise=successor)
    Inquiry.objects.unanswered().filter(waits=ended).update(waits=successor)
