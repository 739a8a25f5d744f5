"""Rows of promises: everything that a template shows of one, worked out once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from apps.accounts.models import User
from apps.cases.models import Case
from apps.common.text import excerpt
from apps.customers.identities import mask
from apps.desk.clocks import Clock, agreed, clock_of, icon_of
from apps.promises import kinds
from apps.promises.domain.agreed import agreement_of
from apps.promises.domain.terms import Terms, current_terms
from apps.promises.enums import Outcome, Settlement
from apps.promises.models import Attempt, Promise

DOTS = {Outcome.REACHED_DONE: "ok", Outcome.REACHED_NEW_TIME: "ok", Outcome.BUSY: "busy"}
NAME_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One promise in a list. ``tel`` is empty where the reader may not see the number."""

    pk: int
    number: str
    name: str
    org: str
    address: str
    tel: str
    told: str
    kind: str
    agreed: str
    clock: Clock
    icon: SafeString
    dots: list[str]
    tried: str
    owner: str
    is_mine: bool
    is_free: bool
    by_voice: bool
    by_word: bool


@dataclass(frozen=True, slots=True)
class Done:
    """One promise that came to an end today."""

    number: str
    name: str
    words: str
    clock: Clock
    icon: SafeString
    at: datetime


def make_lines(promises: Sequence[Promise], user: User) -> list[Line]:
    """Rows of promises that ``owed.load`` has read, for somebody who may change their cases."""
    now, terms = timezone.now(), current_terms()
    return [_line(promise, user, now, terms) for promise in promises]


def make_done(promises: Sequence[Promise]) -> list[Done]:
    now = timezone.now()
    return [
        Done(
            number=promise.case.number,
            name=name_of(promise.case),
            words=_ending(promise),
            clock=clock_of(promise, now),
            icon=icon_of(promise, "i-xs"),
            at=promise.settled_at or now,
        )
        for promise in promises
    ]


def name_of(case: Case) -> str:
    """What the customer of a case is called in lists."""
    customer = case.customer
    shown = customer.form_of_address or customer.display_name(masked=not case.reveals_customer)
    return excerpt(shown, NAME_LENGTH)


def _line(promise: Promise, user: User, now: datetime, terms: Terms) -> Line:
    case = promise.case
    by_voice = kinds.has(promise.kind) and kinds.get(promise.kind).by_voice
    organisation = case.customer.organisation
    hidden = not case.reveals_customer
    attempts = list(promise.attempts.all())
    most = agreement_of(case, terms).targets.callback_attempts
    return Line(
        pk=promise.pk,
        number=case.number,
        name=name_of(case),
        org=excerpt(organisation.name, 30) if organisation else "",
        address=mask("phone", promise.address) if hidden and promise.address else promise.address,
        tel=promise.address if by_voice and not hidden else "",
        told=promise.told,
        kind=promise.label,
        agreed=agreed(promise),
        clock=clock_of(promise, now),
        icon=icon_of(promise),
        dots=_dots(attempts, most) if by_voice else [],
        tried=_tried(promise, attempts) if by_voice else "",
        owner=promise.owner.name if promise.owner else "",
        is_mine=promise.owner_id == user.pk,
        is_free=promise.owner_id is None,
        by_voice=by_voice,
        by_word=kinds.is_derived(promise.kind),
    )


def _dots(attempts: Sequence[Attempt], most: int) -> list[str]:
    """One for each attempt that the policy allows: what became of it, or nothing yet."""
    made = [DOTS.get(Outcome(one.outcome), "no") for one in attempts[-most:]]
    return made + [""] * (most - len(made))


def _tried(promise: Promise, attempts: Sequence[Attempt]) -> str:
    """The attempts in words, and when the next one is planned."""
    if not attempts:
        return _("first try")
    comma = pgettext("between the items of a list", ", ")
    words = [
        f"{Outcome(one.outcome).label} {timezone.localtime(one.at):%H:%M}" for one in attempts[-3:]
    ]
    if again := promise.next_call_at:
        at = f"{timezone.localtime(again):%H:%M}"
        words.append(_("next try %(time)s") % {"time": at})
    return comma.join(words)


def _ending(promise: Promise) -> str:
    if promise.settlement == Settlement.LATE and promise.settled_at:
        minutes = max(1, int((promise.settled_at - promise.deadline).total_seconds() // 60))
        said = ngettext("%(count)d min late", "%(count)d min late", minutes) % {"count": minutes}
        return f"{promise.told} · {said}"
    if promise.settlement == Settlement.KEPT:
        return promise.told
    label = Settlement(promise.settlement).label if promise.settlement else ""
    return f"{promise.told} · {label}"
