"""Return-visit campaigns: a follow-up promise for each customer of a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.accounts import rules as people
from apps.cases import domain as cases
from apps.cases.domain.events import event, record_all
from apps.cases.enums import Channel, EventKind, Kind
from apps.cases.enums import Outcome as CaseOutcome
from apps.cases.errors import NotAllowed
from apps.cases.models import Case, CaseEvent
from apps.common.bulk import insert_rows
from apps.customers.models import Customer
from apps.promises.domain.holding import hold_owed, tell, touch
from apps.promises.domain.making import check_times, draft_promise
from apps.promises.domain.settling import settle_kept, settle_moot
from apps.promises.domain.terms import Terms, current_terms
from apps.promises.enums import Kind as PromiseKind
from apps.promises.enums import Settlement
from apps.promises.errors import NobodyToVisit, UnknownOutcome
from apps.promises.models import Campaign, Promise, Visit

if TYPE_CHECKING:
    from apps.accounts.models import Team, User

MOST = 2000
MADE = (Settlement.KEPT, Settlement.LATE)
DROPPED = (Settlement.WITHDRAWN, Settlement.MOOT, Settlement.RENEGOTIATED)


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
    """How far a campaign is, and what its customers said.

    A visit counts as its promise ended, whoever ended it where: ``done`` are those that were
    kept, ``dropped`` those that nobody makes any more.
    """

    total: int = 0
    done: int = 0
    late: int = 0
    not_reached: int = 0
    dropped: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def left(self) -> int:
        return self.total - self.done - self.not_reached - self.dropped

    @property
    def without_outcome(self) -> int:
        """Visits that were made, of which nobody has said what they brought."""
        return self.done - sum(self.outcomes.values())


@transaction.atomic
def start_campaign(*, actor: User, plan: Plan, customers: Collection[Customer]) -> Campaign:
    """Open a case for each customer, once, and promise them a follow-up in it.

    Leads start campaigns of their teams. A customer without a case in which the team may be
    seen gets one of kind ``consultation``. Raises NotAllowed, PastTime or NobodyToVisit.
    """
    if not people.leads(actor, plan.team.pk):
        raise NotAllowed
    check_times(plan.due_at, None, now=timezone.now())
    wanted = _hold(customers)
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
    opened = cases.open_cases(
        actor=actor,
        customers=wanted,
        channel=Channel.PHONE,
        subject=_subject_for,
        kind=Kind.CONSULTATION,
        team=campaign.team,
    )
    _promise_visits(campaign, opened, actor)
    return campaign


@transaction.atomic
def finish_visit(*, visit_id: int, actor: User, outcome: str) -> Visit:
    """Say what a return visit brought: one of the campaign's outcomes keeps its promise.

    A case that was opened for it alone closes without a word to the customer.
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
    _close_if_nothing_else(case, actor, CaseOutcome.AGREED)
    return visit


@transaction.atomic
def end_campaign(*, campaign_id: int, actor: User) -> Campaign:
    """End a campaign: nobody else of its list is called, and what was opened for that closes.

    Raises NotAllowed.
    """
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign_id)
    if not people.leads(actor, campaign.team_id):
        raise NotAllowed
    owed = campaign.visits.filter(promise__settled_at=None).values_list("promise", flat=True)
    for promise_id in list(owed):
        case, promise = hold_owed(promise_id, actor)
        settle_moot(promise, at=timezone.now(), actor=actor, reason=campaign.name)
        promise.save()
        tell(case, EventKind.PROMISE_WITHDRAWN, promise, actor)
        _close_if_nothing_else(case, actor, CaseOutcome.DUPLICATE)
    campaign.ended_at = timezone.now()
    campaign.save(update_fields=["ended_at"])
    return campaign


def report_of(campaign: Campaign) -> Report:
    """Count what became of the visits, in two queries."""
    counts = campaign.visits.aggregate(
        total=Count("pk"),
        done=Count("pk", filter=Q(promise__settlement__in=MADE)),
        dropped=Count("pk", filter=Q(promise__settlement__in=DROPPED)),
        late=Count("pk", filter=Q(promise__settlement=Settlement.LATE)),
        not_reached=Count("pk", filter=Q(promise__settlement=Settlement.NOT_REACHED)),
    )
    made = campaign.visits.filter(promise__settlement__in=MADE)
    said = made.exclude(outcome="").values_list("outcome").annotate(Count("pk"))
    found = Counter(dict(said.order_by()))
    return Report(**counts, outcomes={answer: found[answer] for answer in campaign.answers})


def _subject_for(customer: Customer) -> str:
    """The customer reads it: a campaign's name is for us alone."""
    with translation.override(customer.language or settings.LANGUAGE_CODE):
        return _("Return visit")


def _close_if_nothing_else(case: Case, actor: User, outcome: str) -> None:
    """Close a case of nobody in which nothing was said and nothing is owed any more."""
    if case.is_ended or case.owner_id is not None or case.interactions.exists():
        return
    if not Promise.objects.owed().filter(case=case).exists():
        cases.close_case(case_id=case.pk, actor=actor, outcome=outcome, tells=False)


def _hold(customers: Collection[Customer]) -> list[Customer]:
    """The customers, each once and kept from being merged away; those who were are left out."""
    keys = {customer.pk for customer in customers}
    if len(keys) > MOST:
        raise NobodyToVisit(MOST)
    held = Customer.objects.select_for_update(of=("self",), no_key=True).standing()
    return list(held.filter(pk__in=keys).order_by("pk").with_identities())


def _promise_visits(campaign: Campaign, opened: Sequence[Case], actor: User) -> None:
    """Owe each customer a follow-up that anybody of the team may keep."""
    terms = current_terms()
    promises = [_draft(campaign, case, actor, terms) for case in opened]
    insert_rows(promises)
    insert_rows([Visit(campaign=campaign, promise=promise) for promise in promises])
    record_all([_made(promise, actor) for promise in promises])
    touch(*promises)


def _draft(campaign: Campaign, case: Case, actor: User, terms: Terms) -> Promise:
    """Whoever may not read a customer's number does not get it by a campaign."""
    known = case.customer.addresses() if case.reveals_customer else []
    numbers = [value for kind, value in known if kind == "phone"]
    promise = draft_promise(
        case,
        actor=actor,
        terms=terms,
        kind=PromiseKind.FOLLOW_UP,
        due_at=campaign.due_at,
        text=campaign.name,
        address=numbers[-1] if numbers else "",
    )
    promise.owner, promise.follows_owner = None, True
    return promise


def _made(promise: Promise, actor: User) -> CaseEvent:
    return event(
        promise.case,
        EventKind.PROMISE_MADE,
        actor=actor,
        promise=promise.pk,
        promise_kind=promise.kind,
        due_at=promise.due_at.isoformat(),
    )
