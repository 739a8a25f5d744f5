"""Giving one's word in a case, and what becomes of it; each calls one verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from apps.cases.errors import CaseError
from apps.cases.models import Case
from apps.desk import casepage
from apps.desk.access import (
    DeskRequest,
    agent_required,
    find_case,
    find_writable_case,
    require_press,
)
from apps.desk.against import find_warnings
from apps.desk.forms.promises import (
    AttemptForm,
    GiveForm,
    MoveForm,
    PromiseForm,
    WhenForm,
    WithdrawForm,
)
from apps.desk.views import drafting
from apps.desk.views.actions import Panel
from apps.promises import domain, kinds
from apps.promises.domain import NewTime
from apps.promises.enums import Outcome
from apps.promises.errors import NotACallback, Unanswered
from apps.promises.models import Promise

type Verb = Callable[[dict[str, Any]], Any]


@require_safe
@agent_required
def strip(request: DeskRequest) -> HttpResponse:
    """The next promises of the person, for htmx; else the page on which they stand."""
    if not request.htmx:
        return redirect("desk:inbox")
    return render(request, "desk/_strip.html")


@require_http_methods(["GET", "POST"])
@agent_required
def promise(request: DeskRequest, number: str) -> HttpResponse:
    """Give one's word; what speaks against it is shown first, and a second press gives it."""
    case = find_writable_case(request, number)
    form = PromiseForm(request.POST or None, case=case, user=request.user)
    if form.is_valid() and not form.warn(_against(case, form, form.cleaned_data["kind"])):
        try:
            with transaction.atomic():
                made = domain.make_promise(case_id=case.pk, actor=request.user, **_new(form))
                drafting.finish_in(request, case, "promise")
        except CaseError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Promised: %(what)s.") % {"what": made.told})
            return casepage.show_changed(request, number)
    deed = ANYWAY if form.warnings else _("Promise it")
    address = reverse("desk:promise", args=[number])
    panel = Panel(
        _("Promise"),
        str(deed),
        address,
        form,
        template=WORD,
        **drafting.of_case(case, "promise"),
    )
    return _show(request, case, panel)


@require_press("desk:inbox")
@agent_required
def keep(request: DeskRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    verb = lambda: domain.keep_promise(promise_id=pk, actor=request.user)  # noqa: E731
    try:
        return _do(request, found, verb, _("Kept."))
    except Unanswered as asked:
        return redirect("desk:answer_inquiry", pk=asked.inquiry)


@require_press("desk:inbox")
@agent_required
def reopen(request: DeskRequest, pk: int) -> HttpResponse:
    """Take back what one did to a promise a moment ago."""
    found = _find(request, pk)
    try:
        domain.take_back_settlement(promise_id=pk, actor=request.user)
    except CaseError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Taken back: it is owed as before."))
    return casepage.show_changed(request, found.case.number)


@require_http_methods(["GET", "POST"])
@agent_required
def move(request: DeskRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    form = MoveForm(request.POST or None, zone=found.timezone)
    against = lambda: _against(found.case, form, found.kind, found)  # noqa: E731

    def verb(values: dict[str, Any]) -> None:
        domain.renegotiate_promise(
            promise_id=pk,
            actor=request.user,
            due_at=form.due_at or found.due_at,
            window_end=form.window_end,
            consent=values["consent"],
        )

    panel = Panel(
        _("New time for: %(what)s") % {"what": found.told},
        _("Agreed"),
        reverse("desk:move_promise", args=[pk]),
        form,
        template=WHEN,
        **drafting.of_promise(request.user, pk, "move"),
    )
    return _panel(request, found, panel, verb, _("The new time is agreed."), against=against)


@require_http_methods(["GET", "POST"])
@agent_required
def withdraw(request: DeskRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    form = WithdrawForm(request.POST or None)

    def verb(values: dict[str, Any]) -> None:
        domain.withdraw_promise(promise_id=pk, actor=request.user, reason=values["reason"])

    title = _("Withdraw: %(what)s") % {"what": found.told}
    address = reverse("desk:withdraw_promise", args=[pk])
    kept = drafting.of_promise(request.user, pk, "withdraw")
    panel = Panel(title, _("Withdraw"), address, form, **kept)
    return _panel(request, found, panel, verb, _("Withdrawn."))


@require_http_methods(["GET", "POST"])
@agent_required
def give(request: DeskRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    form = GiveForm(request.POST or None, case=found.case, user=request.user)

    def verb(values: dict[str, Any]) -> None:
        domain.give_promise(promise_id=pk, actor=request.user, owner=values["owner"])

    title = _("Give to a colleague: %(what)s") % {"what": found.told}
    panel = Panel(title, _("Give"), reverse("desk:give_promise", args=[pk]), form)
    return _panel(request, found, panel, verb, _("Your colleague was told."), undo=False)


@require_http_methods(["GET", "POST"])
@agent_required
def attempt(request: DeskRequest, pk: int) -> HttpResponse:
    """Note what came of a call to the customer."""
    found = _find(request, pk)
    if not kinds.has(found.kind) or not kinds.get(found.kind).by_voice:
        messages.warning(request, str(NotACallback()))
        return casepage.show_changed(request, found.case.number)
    hints = domain.warnings_for_attempt(found.case, Outcome.VOICEMAIL)
    form = AttemptForm(request.POST or None, zone=found.timezone, hints=hints)

    def against() -> list[domain.PromiseWarning]:
        asked = hints if form.cleaned_data["outcome"] == Outcome.VOICEMAIL else []
        return [*asked, *_against(found.case, form, found.kind, found)]

    def verb(values: dict[str, Any]) -> None:
        due_at = form.due_at
        domain.record_attempt(
            promise_id=pk,
            actor=request.user,
            outcome=Outcome(values["outcome"]),
            note=values["note"],
            new_time=NewTime(due_at, form.window_end) if due_at else None,
        )

    panel = Panel(
        _("You called: what came of it?"),
        _("Put on record"),
        reverse("desk:attempt_promise", args=[pk]),
        form,
        template=WHEN,
        **drafting.of_promise(request.user, pk, "attempt"),
    )
    said = _("Put on record.")
    spoke = form.data.get("outcome") == Outcome.VOICEMAIL
    anyway = _("Put on record all the same") if spoke else ""
    return _panel(request, found, panel, verb, said, against=against, anyway=anyway)


WORD, WHEN = "desk/_promise.html", "desk/_when.html"
ANYWAY = gettext_lazy("Promise it all the same")


def _find(request: DeskRequest, pk: int) -> Promise:
    """A promise of a case that the person may change; else 404."""
    found = Promise.objects.writable_by(request.user).filter(pk=pk)
    one = found.select_related("case__customer", "case__owner", "owner").first()
    if one is None:
        raise Http404
    return one


def _against(
    case: Case, form: WhenForm, kind: str, moved: Promise | None = None
) -> list[domain.PromiseWarning]:
    """What speaks against the time of a valid form, where one is asked for at all."""
    if form.due_at is None:
        return []
    return find_warnings(
        case,
        kind,
        form.due_at,
        window_end=form.window_end,
        within=form.within,
        moved=moved,
        zone=form.clock,
    )


def _new(form: PromiseForm) -> domain.NewPromise:
    values = form.cleaned_data
    assert form.due_at is not None  # noqa: S101 - the form is valid
    return {
        "kind": values["kind"],
        "text": values["text"],
        "due_at": form.due_at,
        "window_end": form.window_end,
        "timezone": values["zone"],
        "owner": values["owner"],
        "address": values["address"] if kinds.get(values["kind"]).by_voice else "",
    }


def _do(request: DeskRequest, found: Promise, verb: Callable[[], Any], said: str) -> HttpResponse:
    try:
        verb()
    except Unanswered:
        raise
    except CaseError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, said, extra_tags=f"promise-{found.pk}")
    return casepage.show_changed(request, found.case.number)


def _panel(
    request: DeskRequest,
    found: Promise,
    panel: Panel,
    verb: Verb,
    said: str,
    *,
    undo: bool = True,
    against: Callable[[], list[domain.PromiseWarning]] | None = None,
    anyway: str = "",
) -> HttpResponse:
    """Show a panel, or run its verb; what cannot be done stands in the form, as typed.

    What speaks ``against`` it is shown first; a second press puts that aside.
    """
    form = panel.form
    if form.is_valid() and against and isinstance(form, WhenForm) and form.warn(against()):
        panel = replace(panel, deed=anyway or str(ANYWAY))
    elif form.is_valid():
        try:
            with transaction.atomic():
                verb(form.cleaned_data)
                if panel.drafts:
                    box = drafting.page_box(request.user, panel.composer, found.pk)
                    drafting.finish(request, box)
        except CaseError as refusal:
            if isinstance(form, WhenForm):
                form.refuse(refusal)
            else:
                form.add_error(None, str(refusal))
        else:
            settled = undo and not Promise.objects.get(pk=found.pk).is_owed
            messages.success(request, said, extra_tags=f"promise-{found.pk}" if settled else "")
            return casepage.show_changed(request, found.case.number)
    return _show(request, found.case, panel)


def _show(request: DeskRequest, case: Case, panel: Panel) -> HttpResponse:
    status = 422 if panel.form.is_bound else 200
    found = find_case(request, case.number)
    return casepage.show_part(request, found, "panel", status=status, panel=panel)
