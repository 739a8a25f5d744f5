"""A customer books, moves or cancels a call from us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.cases.domain.events import locked
from apps.cases.models import Case
from apps.channels.domain.notices import tell_in_words
from apps.customers import wishes
from apps.helpcentre import owed
from apps.helpcentre.domain.entering import Visitor
from apps.helpcentre.errors import HasCallback, NotYours, TooManyCalls
from apps.helpcentre.models import Press
from apps.promises import domain as promises
from apps.promises.domain import Slot, Soonest
from apps.promises.enums import Kind
from apps.promises.errors import PastTime
from apps.promises.models import Promise

LOOK = timedelta(days=14)
LONGEST_LOOK = timedelta(days=31)
WINDOW, PER_WINDOW = timedelta(hours=1), 6
CONFIRMATION = "callback"


@dataclass(frozen=True, slots=True)
class Choice:
    """The slots that a customer can choose, and when a call as soon as possible would begin."""

    slots: list[Slot]
    soonest: Soonest | None


def choice_for(case: Case, *, without: int | None = None) -> Choice:
    """What is free in the next 14 days; ``without`` moves anyway."""
    now = timezone.now()
    found = promises.free_slots(
        case.team, since=now, until=now + LOOK, customer=case.customer, without=without
    )
    slots = [slot for slot in found if slot.begins_at > now]
    return Choice(slots, None if without else promises.soonest(case, found))


@transaction.atomic
def book(
    *, visitor: Visitor, case_id: int, key: str, at: datetime | None, address: str, text: str = ""
) -> Promise | None:
    """Book a call at ``at``, or as soon as possible, and confirm it; the same key books once.

    Returns the call that is owed now. Raises NotYours, HasCallback, TooManyCalls, NoFreeSlot
    or PastTime with the next free time, or AlreadyClosed.
    """
    case = _own(visitor, case_id)
    if not _is_new(case, key):
        return owed.open_callback(case)
    if owed.open_callback(case) is not None:
        raise HasCallback
    _restrain(case)
    _check(case, at)
    booked = promises.book_callback(case_id=case.pk, actor=None, at=at, address=address, text=text)
    _confirm(case, booked.promise)
    return booked.promise


@transaction.atomic
def move(
    *, visitor: Visitor, case_id: int, promise_id: int, key: str, at: datetime
) -> Promise | None:
    """Move the customer's call to another free slot and confirm it; the same key moves once.

    Raises NotYours, TooManyCalls, NoFreeSlot or PastTime with the next free time, or
    AlreadySettled.
    """
    case = _own(visitor, case_id)
    promise = find(case, promise_id)
    if not _is_new(case, key):
        return owed.open_callback(case)
    _restrain(case)
    _check(case, at, without=promise.pk)
    successor = promises.move_callback(promise_id=promise.pk, at=at)
    _confirm(case, successor)
    return successor


@transaction.atomic
def cancel(*, visitor: Visitor, case_id: int, promise_id: int) -> bool:
    """Cancel the customer's call; returns False where it was settled already. Raises NotYours."""
    case = _own(visitor, case_id)
    promise = find(case, promise_id)
    if promise.is_owed:
        promises.cancel_callback(promise_id=promise.pk)
    return promise.is_owed


def find(case: Case, promise_id: int) -> Promise:
    """A call that this customer was promised in this request; raises NotYours."""
    for promise in owed.told(case):
        if promise.pk == promise_id and promise.kind == Kind.CALLBACK:
            return promise
    raise NotYours


def _own(visitor: Visitor, case_id: int) -> Case:
    case = locked(case_id)
    if case.customer_id != visitor.customer.pk:
        raise NotYours
    return case


def _is_new(case: Case, key: str) -> bool:
    _press, created = Press.objects.get_or_create(case=case, key=key)
    return created


def _restrain(case: Case) -> None:
    since = timezone.now() - WINDOW
    lately = Promise.objects.filter(
        case=case, kind=Kind.CALLBACK, made_by=None, automatic=False, made_at__gt=since
    )
    if lately.count() >= PER_WINDOW:
        raise TooManyCalls


def _check(case: Case, at: datetime | None, *, without: int | None = None) -> None:
    """Propose a free time to whoever chose one that is over."""
    now = timezone.now()
    if at is None or at > now:
        return
    found = promises.free_slots(
        case.team, since=now, until=now + LONGEST_LOOK, customer=case.customer, without=without
    )
    begins = next((slot.begins_at for slot in found if slot.begins_at > now), None)
    if begins is not None:
        raise PastTime(begins)


def _confirm(case: Case, promise: Promise) -> None:
    """Tell the customer in their language and zone; the link to their page follows by itself."""
    language = case.customer.language or settings.LANGUAGE_CODE
    zone = wishes.zone_of(case.customer)
    with translation.override(language), timezone.override(zone):
        values = {"window": owed.window(promise), "digits": promise.address[-2:]}
        words = _(
            "we call you %(window)s on your number ending %(digits)s. If that does not suit you,"
            " move or cancel the call on the page of your request."
        ) % (values | {"window": f"{values['window']} ({zone.key})"})
    tell_in_words(case, CONFIRMATION, words)
