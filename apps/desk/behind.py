"""What is asked behind the scenes of a case, and when its matter is expected to work again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.cases.models import Case
from apps.common.text import local_time
from apps.desk import beside
from apps.promises.models import Estimate, Inquiry

SOON, FAR = timedelta(minutes=30), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: ``state`` is the colour, ``standing`` the words for where it stands.

    ``waits`` is the key of the customer's promise that needs the answer, ``too_late`` says that
    it is due only after that.
    """

    pk: int
    name: str
    question: str
    answer: str
    state: str
    standing: str
    due: str
    is_open: bool
    waits: int | None
    too_late: bool = False


@dataclass(frozen=True, slots=True)
class Expected:
    """When it works again; ``by`` who said so, ``at`` when."""

    time: str
    by: str
    at: str
    told: bool


@dataclass(frozen=True, slots=True)
class Behind:
    """All questions, the open ones first; the expected time with those before it."""

    asked: Sequence[Asked] = ()
    expected: Expected | None = None
    before: Sequence[Expected] = ()

    def waiting_for(self, promise_id: int) -> list[Asked]:
        """Whom we wait for so that this promise of the customer can be kept."""
        return [one for one in self.asked if one.is_open and one.waits == promise_id]


def find(case: Case) -> Behind:
    """At most two queries, and none for a case that has nothing of it."""
    now = timezone.now()
    asked = [_asked(one, now) for one in beside.load(case, "inquiries")]
    times = [_expected(one, now) for one in beside.load(case, "estimates")][::-1]
    asked.sort(key=lambda one: not one.is_open)
    return Behind(asked, times[0] if times else None, times[1:])


def _asked(inquiry: Inquiry, now: datetime) -> Asked:
    promise = inquiry.promise
    due = local_time(promise.deadline, now=now)
    is_open = inquiry.answered_at is None and promise.is_owed
    if inquiry.answered_at is not None:
        by = {"name": inquiry.answered_by, "time": local_time(inquiry.answered_at, now=now)}
        state, standing = "kept", _("answered by %(name)s, %(time)s") % by
    elif is_open:
        state = _state(promise.deadline, now)
        words = _("no answer yet, due %(time)s") if state == "late" else _("answer due %(time)s")
        standing = words % {"time": due}
    else:
        state, standing = "later", _("not waited for any more")
    return Asked(
        pk=inquiry.pk,
        name=inquiry.name,
        question=inquiry.question,
        answer=inquiry.answer,
        state=state,
        standing=standing,
        due=due,
        is_open=is_open,
        waits=inquiry.waits_id,
        too_late=inquiry.comes_too_late,
    )


def _state(deadline: datetime, now: datetime) -> str:
    if deadline <= now:
        return "late"
    left = deadline - now
    return "soon" if left <= SOON else "calm" if left <= FAR else "later"


def _expected(estimate: Estimate, now: datetime) -> Expected:
    return Expected(
        time=local_time(estimate.restored_at, now=now),
        by=estimate.actor.name if estimate.actor else "",
        at=local_time(estimate.at, now=now),
        told=estimate.told,
    )
