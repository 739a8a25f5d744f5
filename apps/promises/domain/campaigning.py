"""Return-visit campaigns: a follow-up promise for each customer of a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from apps.accounts import rules as people
from apps.cases import domain as cases
from apps.cases.enums import Channel, EventKind, Kind
from apps.cases.errors import NotAllowed
from apps.customers.models import Customer
from apps.promises.domain.holding import hold_owed, tell
from apps.promises.domain.making import check_times, draft_promise
from apps.promises.domain.settling import settle_kept, settle_moot
from apps.promises.enums import Kind as PromiseKind
from apps.promises.enums import Settlement
from apps.promises.errors import NobodyToVisit, UnknownOutcome
from apps.promises.models import Campaign, Visit

if TYPE_CHECKING:
    from apps.accounts.models import Team, User

MOST = 2000


@dataclass(frozen=True, slots=True)
class Plan:
    """A campaign to be: each customer is promised a follow-up that is due at ``due_at``."""

    name: str
    team: Team
    due_at: datetime
    script: str = ""
    outcomes: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """How far a campaign is, and what its customers said."""

    total: int = 0
    done: int = 0
    late: int = 0
    not_reached: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def left(self) -> int:
        return self.total - self.done - self.not_reached


@transaction.atomic
def start_campaign(*, actor: User, plan: Plan, customers: Collection[Customer]) -> Campaign:
    """Open a case for each customer, once, and promise them a follow-up in it.

    Leads start campaigns of their teams. A customer without a case in which the team may be
    seen gets one of kind ``consultation``. Raises NotAllowed, PastTime or NobodyToVisit.
    """
    if not people.leads(actor, plan.team.pk):
        raise NotAllowed
    check_times(plan.due_at, None, now=timezone.now())
    wanted = {customer.pk: customer for customer in customers if customer.merged_into_id is None}
    if not wanted or len(wanted) > MOST:
        raise NobodyToVisit(MOST)
    campaign = Campaign.objects.create(
        name=plan.name.strip()[:200],
        team=plan.team,
        script=plan.script,
        outcomes=plan.outcomes,
        due_at=plan.due_at,
        made_by=actor,
    )
    for customer in wanted.values():
        _visit(campaign, customer, actor)
    return campaign


@transaction.atomic
def finish_visit(*, visit_id: int, actor: User, outcome: str) -> Visit:
    """Say what a return visit brought: one of the campaign's outcomes keeps its promise.

    Raises UnknownOutcome, AlreadySettled or NotAllowed.
    """
    visit = Visit.objects.select_related("campaign").get(pk=visit_id)
    case, promise = hold_owed(visit.promise_id, actor)
    if outcome not in visit.campaign.answers:
        raise UnknownOutcome(outcome)
    settle_kept(promise, at=timezone.now(), actor=actor)
    promise.save()
    visit.outcome = outcome
    visit.save(update_fields=["outcome"])
    late = {"late": True} if promise.is_broken else {}
    tell(case, EventKind.PROMISE_KEPT, promise, actor, **late)
    return visit


@transaction.atomic
def end_campaign(*, campaign_id: int, actor: User) -> Campaign:
    """End a campaign: nobody else of its list is called. Raises NotAllowed."""
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign_id)
    if not people.leads(actor, campaign.team_id):
        raise NotAllowed
    owed = campaign.visits.filter(promise__settled_at=None).values_list("promise", flat=True)
    for promise_id in list(owed):
        case, promise = hold_owed(promise_id, actor)
        settle_moot(promise, at=timezone.now(), actor=actor, reason=campaign.name)
        promise.save()
        tell(case, EventKind.PROMISE_WITHDRAWN, promise, actor)
    campaign.ended_at = timezone.now()
    campaign.save(update_fields=["ended_at"])
    return campaign


def report_of(campaign: Campaign) -> Report:
    """Count what became of the visits, in two queries."""
    counts = campaign.visits.aggregate(
        total=Count("pk"),
        done=Count("pk", filter=~Q(outcome="")),
        late=Count("pk", filter=Q(promise__settlement=Settlement.LATE)),
        not_reached=Count("pk", filter=Q(promise__settlement=Settlement.NOT_REACHED)),
    )
    said = campaign.visits.exclude(outcome="").values_list("outcome").annotate(Count("pk"))
    found = Counter(dict(said.order_by()))
    return Report(**counts, outcomes={answer: found[answer] for answer in campaign.answers})


def _visit(campaign: Campaign, customer: Customer, actor: User) -> None:
    case = cases.open_case(
        actor=actor,
        customer=customer,
        channel=Channel.PHONE,
        subject=campaign.name,
        kind=Kind.CONSULTATION,
        team=campaign.team,
    )
    numbers = [value for kind, value in customer.addresses() if kind == "phone"]
    promise = draft_promise(
        case,
        actor=actor,
        kind=PromiseKind.FOLLOW_UP,
        due_at=campaign.due_at,
        text=campaign.name,
        address=numbers[-1] if numbers else "",
    )
    promise.owner, promise.follows_owner = None, True
    promise.save()
    Visit.objects.create(campaign=campaign, promise=promise)
    tell(case, EventKind.PROMISE_MADE, promise, actor, due_at=promise.due_at.isoformat())
