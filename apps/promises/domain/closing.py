"""What the end of a case means for what was promised in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils import timezone

from apps.cases.enums import EventKind, Outcome
from apps.cases.models import Case
from apps.common.text import local_time
from apps.promises import kinds
from apps.promises.domain.holding import tell, touch
from apps.promises.domain.renewing import resume
from apps.promises.domain.settling import settle_kept, settle_moot
from apps.promises.enums import Kind
from apps.promises.models import Promise

if TYPE_CHECKING:
    from apps.accounts.models import User

# What the customer's own "it works" answers.
ANSWERED_BY_CONFIRMATION = (Kind.FOLLOW_UP, Kind.TEST)
# What closing a case by hand does not end.
OUTLIVES = (Kind.FOLLOW_UP,)


def what_is_owed(case: Case, outcome: str) -> Iterator[str]:
    """A sentence for each promise that keeps a case from closing, first due first.

    What a rule promised and nobody broke goes with the case; and nobody waits for the answer to
    a duplicate or a machine's message.
    """
    owed = Promise.objects.owed().filter(case=case).next_first()
    for promise in owed:
        if promise.automatic and (not promise.is_broken or outcome == Outcome.DUPLICATE):
            continue
        yield _sentence(promise)


def resolved(case: Case) -> None:
    """End the news that renew themselves until a case is resolved."""
    _end_rules(case, [kind.slug for kind in kinds.all_kinds() if kind.renews])


def closed(case: Case, outcome: str, *, actor: User | None) -> None:
    """End what rules promised in a case that was just closed.

    The word to ask again outlives a colleague's press: only the customer's own yes, the
    policy's time, or that nobody waits at all, ends it.
    """
    if outcome == Outcome.CONFIRMED:
        confirmed(case, actor=actor)
    asks_still = actor is not None and outcome in {Outcome.AGREED, Outcome.NO_ANSWER}
    _end_rules(case, [slug for slug in kinds.slugs() if not (asks_still and slug in OUTLIVES)])


def reopened(case: Case) -> None:
    """Let news renew themselves again in a case that was just taken up again.

    Whether all is well need not be asked any more, until it is resolved once more.
    """
    _end_rules(case, [Kind.FOLLOW_UP])
    resume(case)


def _end_rules(case: Case, slugs: list[str]) -> None:
    found = Promise.objects.owed().filter(case=case, automatic=True, kind__in=slugs)
    ended = list(found.select_for_update(of=("self",)))
    for promise in ended:
        promise.case = case
        settle_moot(promise, at=timezone.now(), actor=None)
        promise.save()
    if ended:
        touch(*ended)


def confirmed(case: Case, *, actor: User | None) -> None:
    """Keep what asks the customer whether it works: they said so themselves."""
    asked = Promise.objects.owed().filter(case=case, kind__in=ANSWERED_BY_CONFIRMATION)
    for promise in asked.select_for_update(of=("self",)):
        promise.case = case
        settle_kept(promise, at=timezone.now(), actor=actor)
        promise.save()
        if promise.automatic:  # that they confirmed it says it all
            touch(promise)
            continue
        late = {"late": True} if promise.is_broken else {}
        tell(case, EventKind.PROMISE_KEPT, promise, actor, **late)


def _sentence(promise: Promise) -> str:
    time = local_time(promise.deadline)
    words = kinds.get(promise.kind).owed if kinds.has(promise.kind) else promise.label
    sentence = str(words) % {"time": time}
    return f"{sentence} ({promise.text})" if promise.text else sentence
