"""The customer books a call from us, moves it, or cancels it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from apps.cases.enums import Status
from apps.cases.errors import AlreadyClosed
from apps.cases.models import Case
from apps.common.text import iso_minute, local_time
from apps.helpcentre import greeting, owed
from apps.helpcentre.domain import calling
from apps.helpcentre.errors import HasCallback, TooManyCalls
from apps.helpcentre.forms import ASAP, CallbackForm, SlotForm
from apps.helpcentre.sessions import HelpRequest, visitor_required
from apps.helpcentre.views.inside import own_request
from apps.promises.domain import Slot, Soonest
from apps.promises.errors import AlreadySettled, PromiseError
from apps.promises.models import Promise

MAX_DAYS = 5
AT_ONCE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Day:
    """The free times of one day, as (value, label)."""

    name: str
    times: list[tuple[str, str]]
    is_open: bool


@require_http_methods(["GET", "HEAD", "POST"])
@visitor_required
@own_request
def book(request: HelpRequest, case: Case) -> HttpResponse:
    """Choose when we call; a call that is booked is shown instead."""
    promise = owed.open_callback(case)
    if request.method != "POST":
        return _booked(request, case, promise) if promise else _choose(request, case)
    form = CallbackForm(request.POST, customer=case.customer)
    if not form.is_valid():
        return _choose(request, case, form=form)
    data = form.cleaned_data
    try:
        promise = calling.book(
            visitor=request.visitor,
            case_id=case.pk,
            key=data["key"],
            at=data["slot"],
            address=data["address"],
            text=data["text"],
        )
    except (HasCallback, AlreadyClosed) as refusal:
        messages.info(request, str(refusal))
        return redirect("helpcentre:callback", case.number)
    except (TooManyCalls, PromiseError) as refusal:
        return _choose(request, case, form=form, refusal=str(refusal))
    return _done(request, case, promise)


@require_http_methods(["GET", "HEAD", "POST"])
@visitor_required
@own_request
def move(request: HelpRequest, case: Case, pk: int) -> HttpResponse:
    """Choose another time for a call that is booked."""
    promise = calling.find(case, pk)
    form = SlotForm(request.POST) if request.method == "POST" else None
    if form is None or not form.is_valid():
        if not promise.is_owed:
            return _over(request, case)
        return _choose(request, case, form=form, moved=promise)
    data = form.cleaned_data
    try:
        successor = calling.move(
            visitor=request.visitor,
            case_id=case.pk,
            promise_id=pk,
            key=data["key"],
            at=data["slot"],
        )
    except AlreadySettled:
        return _over(request, case)
    except (TooManyCalls, PromiseError) as refusal:
        return _choose(request, case, form=form, moved=promise, refusal=str(refusal))
    return _done(request, case, successor)


@require_http_methods(["GET", "HEAD", "POST"])
@visitor_required
@own_request
def cancel(request: HelpRequest, case: Case, pk: int) -> HttpResponse:
    """Ask once whether the call shall be cancelled, then do so."""
    promise = calling.find(case, pk)
    if request.method != "POST":
        if not promise.is_owed:
            return _over(request, case)
        return _booked(request, case, promise, asks=True)
    if calling.cancel(visitor=request.visitor, case_id=case.pk, promise_id=pk):
        messages.success(request, _("The call is cancelled. You can book another one any time."))
    return redirect("helpcentre:request", case.number)


def _choose(
    request: HelpRequest,
    case: Case,
    *,
    form: SlotForm | None = None,
    moved: Promise | None = None,
    refusal: str = "",
) -> HttpResponse:
    """The free times, and what was typed; 422 where something is wrong with it."""
    status = 422 if form is not None else 200
    shown = form or (SlotForm() if moved else CallbackForm(customer=case.customer))
    chosen = str(shown["slot"].value() or "")
    free = calling.choice_for(case, without=moved.pk if moved else None)
    context = {
        "case": case,
        "form": shown,
        "moved": moved,
        "window": owed.window(moved) if moved else "",
        "refusal": refusal,
        "chosen": chosen,
        "asap": ASAP,
        "soonest": _soonest(free.soonest),
        "days": days_of(free.slots, chosen),
        "zone": greeting.foreign_zone(case.customer),
        "closed": case.status == Status.CLOSED,
    }
    return render(request, "helpcentre/callback.html", context, status=status)


def _soonest(found: Soonest | None) -> str:
    """What is said of a call as soon as possible before it is booked, where that is not now."""
    if found is None or found.begins_at <= timezone.now() + AT_ONCE:
        return ""
    time = {"time": local_time(found.begins_at)}
    if found.after_opening:
        return _("We are closed now and call you when we open, from %(time)s on.") % time
    return _("We are all on the phone now and call you from %(time)s on.") % time


def days_of(slots: list[Slot], chosen: str) -> list[Day]:
    """The first five days on which there is time, by the clock of the active zone."""
    by_day: dict[Any, list[tuple[str, str]]] = {}
    for slot in slots:
        local = timezone.localtime(slot.begins_at)
        if local.date() not in by_day and len(by_day) == MAX_DAYS:
            break
        by_day.setdefault(local.date(), []).append((iso_minute(slot.begins_at), _label(local)))
    pattern = pgettext("format of a date", "l j F")
    return [
        Day(
            date_format(day, pattern),
            times,
            is_open=number == 0 or any(value == chosen for value, _label in times),
        )
        for number, (day, times) in enumerate(by_day.items())
    ]


def _label(local: datetime) -> str:
    """A time on the wall clock, the second one of a repeated hour with its zone's short name."""
    return f"{local:%H:%M} {local:%Z}" if local.fold else f"{local:%H:%M}"


def _booked(
    request: HelpRequest, case: Case, promise: Promise, *, asks: bool = False
) -> HttpResponse:
    context = {
        "case": case,
        "promise": promise,
        "sentence": owed.sentence(promise),
        "number": owed.ending(promise),
        "asks": asks,
        "zone": greeting.foreign_zone(case.customer),
    }
    return render(request, "helpcentre/booked.html", context)


def _done(request: HelpRequest, case: Case, promise: Promise | None) -> HttpResponse:
    if promise is not None:
        messages.success(
            request, _("Thank you. %(sentence)s.") % {"sentence": owed.sentence(promise)}
        )
    return redirect("helpcentre:request", case.number)


def _over(request: HelpRequest, case: Case) -> HttpResponse:
    messages.info(request, _("This call is not planned any more."))
    return redirect("helpcentre:callback", case.number)
