"""What nobody's deed brings about: cases that close by themselves, clocks that were missed."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from apps.cases.domain import close_case
from apps.cases.domain.events import locked
from apps.cases.enums import Outcome, Status
from apps.cases.errors import CaseError
from apps.cases.models import Case
from apps.promises.domain.agreed import agreement_of
from apps.promises.domain.following import follow_waiting
from apps.promises.domain.terms import current_terms
from apps.promises.models import Promise

logger = logging.getLogger(__name__)

AT_ONCE = 100
SHORTEST = timedelta(days=1)


def sweep(*, at: datetime) -> int:
    """Close what the policy closes and start clocks that are missing; returns how many cases."""
    return close_silent(at=at) + start_missing()


def close_silent(*, at: datetime) -> int:
    """Close resolved cases of whose customers nothing was heard in the policy's time.

    What is still owed keeps a case open.
    """
    human = Promise.objects.owed().filter(case=OuterRef("pk"), automatic=False)
    broken = Promise.objects.owed().filter(case=OuterRef("pk"), broken_at__isnull=False)
    silent = Case.objects.filter(status=Status.RESOLVED, resolved_at__lte=at - SHORTEST)
    silent = silent.exclude(Exists(human)).exclude(Exists(broken)).order_by("resolved_at")
    closed, terms = 0, current_terms()
    for case in silent.select_related("team", "customer")[:AT_ONCE]:
        days = agreement_of(case, terms).targets.close_after_days
        if case.resolved_at is None or case.resolved_at + timedelta(days=days) > at:
            continue
        try:
            close_case(case_id=case.pk, actor=None, outcome=Outcome.NO_ANSWER)
            closed += 1
        except CaseError as refusal:
            logger.info("%s stays resolved: %s", case.number, refusal)
    return closed


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
