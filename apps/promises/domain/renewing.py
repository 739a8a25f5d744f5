"""Promises that rules make: news that renew themselves, follow-ups after a solution."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from apps.cases.models import Case
from apps.cases.rules import can_write
from apps.customers import wishes
from apps.promises import kinds
from apps.promises.domain.agreed import Agreement, agreement_of
from apps.promises.domain.holding import touch
from apps.promises.domain.making import zone_of
from apps.promises.domain.stages import wind
from apps.promises.domain.waiting import follow_to
from apps.promises.enums import Kind, Settlement
from apps.promises.models import Promise

if TYPE_CHECKING:
    from apps.accounts.models import User

# How a promise that renews itself ends without a successor when its case has ended; what was
# withdrawn with a reason ended for good.
ENDED_WITH_CASE = (Settlement.MOOT, Settlement.KEPT, Settlement.LATE)
MOST_DAYS = 7  # quiet hours that leave no opening hour of a week free are nobody's to solve


def renew(case: Case, promise: Promise) -> Promise | None:
    """Start the successor of a promise that was kept, as long as its case goes on."""
    kind = kinds.get(promise.kind) if kinds.has(promise.kind) else None
    if kind is None or not kind.renews or case.is_ended:
        return None
    now = timezone.now()
    agreed = agreement_of(case)
    due = agreed.after(now, agreed.targets.progress_update)
    follows = draft_by_rule(case, kind.slug, since=now, due=due, agreed=agreed)
    follows.text, follows.owner = promise.text, promise.owner
    follows.follows_owner, follows.predecessor = promise.follows_owner, promise
    follows.save()
    follow_to(follows, promise)
    touch(follows)
    return follows


def resume(case: Case) -> list[Promise]:
    """Start the news of a reopened case again that came to an end with it, from now on."""
    slugs = [kind.slug for kind in kinds.all_kinds() if kind.renews]
    found = Promise.objects.filter(case=case, kind__in=slugs)
    ended = found.filter(settlement__in=ENDED_WITH_CASE, successor=None, reason="")
    latest = {one.kind: one for one in ended.select_related("owner").order_by("pk")}
    running = set(found.owed().values_list("kind", flat=True)) if latest else set()
    started = []
    for former in latest.values():
        if former.kind in running:
            continue
        if former.follows_owner or not (former.owner and can_write(former.owner, case)):
            former.owner, former.follows_owner = case.owner, True
        started.append(renew(case, former))
    return [one for one in started if one is not None]


def follow_up(case: Case, *, actor: User | None) -> Promise | None:
    """Promise to ask the customer of a resolved case whether all is well, in no quiet hours.

    Nothing new is promised where it is owed already.
    """
    owed = Promise.objects.owed().filter(case=case, kind=Kind.FOLLOW_UP)
    if owed.exists():
        return None
    now = timezone.now()
    agreed = agreement_of(case)
    due = agreed.after(now + timedelta(days=agreed.targets.follow_up_days), 0)
    due = _undisturbed(case, agreed, due)
    promise = draft_by_rule(case, Kind.FOLLOW_UP, since=now, due=due, agreed=agreed)
    promise.made_by = actor
    promise.save()
    touch(promise)
    return promise


def _undisturbed(case: Case, agreed: Agreement, due: datetime) -> datetime:
    """The first open moment from then on that lies in none of the customer's quiet hours."""
    for _day in range(MOST_DAYS):
        allowed = wishes.next_allowed(case.customer, due)
        if allowed is None or allowed == due:
            return due
        due = agreed.after(allowed, 0)
    return due


def draft_by_rule(
    case: Case, kind: str, *, since: datetime, due: datetime, agreed: Agreement
) -> Promise:
    """A promise that a rule makes, for the case's owner, which the caller stores."""
    promise = Promise(
        case=case,
        kind=kind,
        owner=case.owner,
        made_at=since,
        automatic=True,
        due_at=due,
        deadline=due,
        timezone=zone_of(case),
        line_since=case.opened_at,
        **agreed.reminders(since, due),
    )
    wind(promise)
    return promise
