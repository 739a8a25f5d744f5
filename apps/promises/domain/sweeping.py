"""What nobody's deed brings about: cases that close by themselves, clocks that were missed."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case as Choice
from django.db.models import Exists, IntegerField, OuterRef, Q, Value, When

from apps.cases.domain import close_case
from apps.cases.domain.events import locked
from apps.cases.enums import Outcome, Status
from apps.cases.errors import CaseError
from apps.cases.models import Case
from apps.cases.models.case import CaseQuerySet
from apps.promises.domain.following import follow_waiting
from apps.promises.domain.terms import Level, current_terms
from apps.promises.models import Promise
from apps.promises.targets import DEFAULTS

logger = logging.getLogger(__name__)

AT_ONCE = 100
MOST_TRIED = 1000


def sweep(*, at: datetime) -> int:
    """Close what the policy closes and start clocks that are missing; returns how many cases."""
    return close_silent(at=at) + start_missing()


def close_silent(*, at: datetime) -> int:
    """Close resolved cases of whose customers nothing was heard in the policy's time, those
    that ended first first.

    What is still owed keeps a case open; what cannot be closed keeps no other one waiting.
    """
    due = _silent(at).order_by("resolved_at", "pk").values_list("pk", flat=True)
    closed = 0
    for case_id in list(due[:MOST_TRIED]):
        try:
            close_case(case_id=case_id, actor=None, outcome=Outcome.NO_ANSWER)
        except CaseError as refusal:
            logger.info("case %s stays resolved: %s", case_id, refusal)
        except Exception:
            logger.exception("case %s could not be closed", case_id)
        else:
            closed += 1
        if closed == AT_ONCE:
            break
    return closed


def _silent(at: datetime) -> CaseQuerySet:
    """Resolved cases whose time is over, each by its own policy, on which nothing is owed."""
    terms = current_terms()
    levels = [one for one in terms.levels if one.values.get("close_after_days") is not None]
    policies = [
        When(_fits(one), then=Value(one.values["close_after_days"]))
        for one in levels
        if one.team or one.kind or one.tier
    ]
    general = next((one for one in levels if not (one.team or one.kind or one.tier)), None)
    usual = general.values["close_after_days"] if general else DEFAULTS.close_after_days
    days = {usual} | {one.values["close_after_days"] for one in levels}
    over = Q()
    for one in days:
        over |= Q(policy=one, resolved_at__lte=at - timedelta(days=one))
    human = Promise.objects.owed().filter(case=OuterRef("pk"), automatic=False)
    broken = Promise.objects.owed().filter(case=OuterRef("pk"), broken_at__isnull=False)
    resolved = Case.objects.filter(status=Status.RESOLVED).annotate(
        policy=Choice(*policies, default=Value(usual), output_field=IntegerField())
    )
    return resolved.filter(over).exclude(Exists(human)).exclude(Exists(broken))


def _fits(level: Level) -> Q:
    """As ``Level.fits``, in the database."""
    fits = Q(team=level.team) if level.team is not None else Q()
    if level.kind:
        fits &= Q(kind=level.kind)
    return fits & Q(customer__tier=level.tier) if level.tier else fits


def start_missing() -> int:
    """Start the clocks of cases that wait for us without one, the longest waiting first.

    There are such after an upgrade, and where a policy has been made since.
    """
    waiting = Case.objects.waiting_for_us().values_list("pk", flat=True)
    return sum(_start(case_id) for case_id in waiting[:AT_ONCE])


@transaction.atomic
def _start(case_id: int) -> int:
    case = locked(case_id)
    if case.waiting_since is None or case.due_at is not None:
        return 0
    follow_waiting([case])
    return 1
