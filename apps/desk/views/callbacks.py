"""Promises and callbacks: the list with its calendar, and what is pressed there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.links import absolute
from apps.cases.errors import CaseError
from apps.common.text import local_time
from apps.desk import ics, owed, promisepage
from apps.desk.access import DeskRequest, agent_required, require_press
from apps.desk.against import find_warnings
from apps.desk.forms.callbacks import AttemptForm, MoveForm, PlanForm
from apps.desk.uploads import Box
from apps.desk.views import drafting
from apps.promises import domain
from apps.promises.enums import NOT_REACHED, Outcome
from apps.promises.errors import Unanswered
from apps.promises.models import Attempt, Promise

MOST_IN_FEED = 200


@require_safe
@agent_required
def promises(request: DeskRequest) -> HttpResponse:
    target = request.htmx.target if request.htmx else ""
    if request.htmx and target == "promise-rows":
        return promisepage.show(request, part="#rows")
    if request.htmx and request.GET.get("after"):
        return promisepage.show(request, part="#more")
    return promisepage.show(request)


@require_press("desk:promises")
@agent_required
def take(request: DeskRequest, pk: int) -> HttpResponse:
    promise = _find(request, pk)
    verb = lambda: domain.take_callback(promise_id=promise.pk, actor=request.user)  # noqa: E731
    return _do(request, verb, _("The callback is yours."))


@require_press("desk:promises")
@agent_required
def attempt(request: DeskRequest, pk: int) -> HttpResponse:
    """Note how a call went; what the customer does not want done is told before it is noted."""
    promise = _find(request, pk)
    form = AttemptForm(request.POST)
    if not form.is_valid():
        return _ask(request, promise, form, title=_("Say how the call went."))
    outcome, note = Outcome(form.cleaned_data["outcome"]), form.cleaned_data["note"]
    against = domain.warnings_for_attempt(promise.case, outcome)
    if against and not form.cleaned_data["sure"]:
        return _ask(request, promise, form.put_aside(), title=against[0].text)
    noted: list[Attempt] = []

    def verb() -> None:
        made = domain.record_attempt(
            promise_id=promise.pk, actor=request.user, outcome=outcome, note=note
        )
        noted.append(made)

    if not _tried(request, form, verb):
        if note:
            return _ask(request, promise, form, title=_("Say how the call went."))
        messages.warning(request, " ".join(map(str, form.non_field_errors())))
        return _back(request)
    undo = promise.pk if outcome == Outcome.REACHED_DONE else None
    messages.success(request, _told(noted[0]), extra_tags=f"callback-{undo}" if undo else "")
    return _back(request)


@require_press("desk:promises")
@agent_required
def keep(request: DeskRequest, pk: int) -> HttpResponse:
    promise = _find(request, pk)
    verb = lambda: domain.keep_promise(promise_id=promise.pk, actor=request.user)  # noqa: E731
    return _do(request, verb, _("Promise kept."), undo=promise.pk)


@require_press("desk:promises")
@agent_required
def take_back(request: DeskRequest, pk: int) -> HttpResponse:
    promise = _find(request, pk)
    verb = lambda: domain.take_back_settlement(promise_id=promise.pk, actor=request.user)  # noqa: E731
    return _do(request, verb, _("Owed again, as before."))


@require_http_methods(["GET", "POST"])
@agent_required
def move(request: DeskRequest, pk: int) -> HttpResponse:
    """Another time, by a form that asks for the customer's yes; a drop in the calendar opens it."""
    promise = _find(request, pk)
    initial = {"due_at": request.GET.get("at") or None, "owner": request.GET.get("owner")}
    form = MoveForm(request.POST or None, case=promise.case, initial=initial)
    if form.is_valid() and not form.warn(
        find_warnings(promise.case, promise.kind, form.cleaned_data["due_at"], moved=promise)
    ):
        values = {"promise_id": promise.pk, "actor": request.user, **form.cleaned_data}
        values.pop("sure")
        box = drafting.page_box(request.user, "shift", pk)
        if _tried(request, form, lambda: domain.renegotiate_promise(**values), box):
            when = local_time(form.cleaned_data["due_at"])
            messages.success(request, _("Moved to %(time)s.") % {"time": when})
            return _back(request)
    panel = {
        "title": _("Agree another time"),
        "about": f"{promise.case.number} · {promise.told}",
        "deed": _("Promise it all the same") if form.warnings else _("Move"),
        "url": reverse("desk:move_callback", args=[pk]),
        **drafting.of_promise(request.user, pk, "shift"),
    }
    return _panel(request, form, panel)


@require_http_methods(["GET", "POST"])
@agent_required
def plan(request: DeskRequest) -> HttpResponse:
    """Promise somebody a call in a free slot."""
    initial = {"at": request.GET.get("at") or None, "number": request.GET.get("case", "")}
    form = PlanForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        values: dict[str, Any] = dict(form.cleaned_data)
        case = values.pop("number")
        booked: list[domain.Booked] = []

        def verb() -> None:
            booked.append(domain.book_callback(case_id=case.pk, actor=request.user, **values))

        if _tried(request, form, verb, drafting.page_box(request.user, "plan")):
            messages.success(request, " ".join([_said(booked[0]), *form.notes()]))
            return _back(request)
    panel = {
        "title": _("Promise a call back"),
        "deed": _("Promise it"),
        "url": reverse("desk:plan_callback"),
        **drafting.of_page(request.user, "plan"),
    }
    return _panel(request, form, panel)


@require_safe
@agent_required
def download(request: DeskRequest, pk: int) -> HttpResponse:
    promise = Promise.objects.visible_to(request.user).filter(pk=pk)
    found = promise.select_related("case__customer", "case__team").first()
    if found is None:
        raise Http404
    return ics.answer([found], f"{found.case.number}-{found.pk}")


@require_press("desk:promises")
@agent_required
def subscription(request: DeskRequest, deed: str) -> HttpResponse:
    """Make the person's own address for a calendar program, told once, or revoke it."""
    if deed == "stop":
        domain.stop_feed(user=request.user)
        messages.success(request, _("The address is revoked."))
        return _back(request)
    if deed != "start":
        raise Http404
    token = domain.start_feed(user=request.user)
    return promisepage.show(request, feed=absolute("desk:calendar_feed", token=token))


@require_safe
def calendar_feed(_request: HttpRequest, token: str) -> HttpResponse:
    """What somebody owes, for their calendar program: whoever knows the address reads it."""
    reader = domain.reader_of(token)
    if reader is None:
        raise Http404
    rows = Promise.objects.owed_by(reader).filter(kind__in=owed.voices()).visible_to(reader)
    rows = rows.select_related("case__customer", "case__team").next_first()[:MOST_IN_FEED]
    with translation.override(reader.language or None):
        return ics.answer(rows, "callbacks")


def _find(request: DeskRequest, pk: int) -> Promise:
    """A promise that the person may change; else 404, as if it did not exist."""
    found = Promise.objects.writable_by(request.user).filter(pk=pk)
    one = found.select_related("case__customer").first()
    if one is None:
        raise Http404
    return one


def _do(
    request: DeskRequest, verb: Callable[[], Any], said: str, *, undo: int | None = None
) -> HttpResponse:
    """Run a verb and show the list as it is then; a refusal is told in a sentence."""
    try:
        verb()
    except Unanswered as asked:
        return redirect("desk:answer_inquiry", pk=asked.inquiry)
    except CaseError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, said, extra_tags=f"callback-{undo}" if undo else "")
    return _back(request)


def _tried(
    request: DeskRequest, form: Any, verb: Callable[[], Any], box: Box | None = None
) -> bool:
    """Whether a verb was done; what stood in its way stands in the form, as typed."""
    try:
        with transaction.atomic():
            verb()
            if box is not None:
                drafting.finish(request, box)
    except CaseError as refusal:
        field = getattr(refusal, "field", "")
        field = "at" if field == "due_at" and "at" in form.fields else field
        form.add_error(field if field in form.fields else None, str(refusal))
        return False
    return True


def _panel(request: DeskRequest, form: Any, panel: Mapping[str, Any]) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return promisepage.show(request, status=status, panel={**panel, "form": form})


def _ask(request: DeskRequest, promise: Promise, form: AttemptForm, *, title: str) -> HttpResponse:
    """Ask once more how a call went, with what was typed."""
    panel = {
        "title": title,
        "about": f"{promise.case.number} · {promise.told}",
        "deed": _("Put on record all the same") if form.is_sure else _("Put on record"),
        "url": reverse("desk:attempt", args=[promise.pk]),
    }
    return _panel(request, form, panel)


def _told(attempt: Attempt) -> str:
    """What was noted of a call, and whether it was one of those that the policy allows."""
    words = {"outcome": str(Outcome(attempt.outcome).label)}
    if attempt.counted or attempt.outcome not in NOT_REACHED:
        return _("Noted: %(outcome)s.") % words
    owed = Promise.objects.get(pk=attempt.promise_id)
    words |= {"time": local_time(owed.next_call_at or owed.due_at)}
    return _("Noted: %(outcome)s. It does not count: the call is owed at %(time)s.") % words


def _said(booked: domain.Booked) -> str:
    """What the customer can be told of a callback that was just booked."""
    promise = booked.promise
    words = {"time": local_time(promise.due_at), "end": _clock(promise), "place": booked.place}
    if booked.after_opening:
        return _("Nobody answers now: promised for the next opening, %(time)s.") % words
    if promise.owner is None:
        return _("Promised from %(time)s to %(end)s. Whoever has time takes it.") % words
    return _("Promised from %(time)s to %(end)s, number %(place)s in line.") % words


def _clock(promise: Promise) -> str:
    return f"{timezone.localtime(promise.deadline):%H:%M}"


def _back(request: DeskRequest) -> HttpResponse:
    """To the list as it was, without the row that was open."""
    asked = promisepage.Asked.of(request.GET)
    return redirect(reverse("desk:promises") + asked.query(on=None))
