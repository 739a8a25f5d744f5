"""Asking behind the scenes, and what the customer is told or given because of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.cases.errors import CaseError
from apps.cases.models import Case
from apps.channels.errors import ChannelError
from apps.desk import casepage
from apps.desk.access import DeskRequest, agent_required, find_case, find_writable_case
from apps.desk.forms.base import DeskForm
from apps.desk.forms.behind import AskForm, EstimateForm, RecordForm, SeniorForm
from apps.desk.uploads import Box
from apps.desk.views import drafting
from apps.desk.views.actions import Panel
from apps.promises import domain
from apps.promises.models import Inquiry, Promise

WARNED = "desk/_warned.html"


@require_http_methods(["GET", "POST"])
@agent_required
def ask(request: DeskRequest, number: str) -> HttpResponse:
    case = find_writable_case(request, number)
    form = AskForm(request.POST or None, case=case)
    address = reverse("desk:ask", args=[number])
    kept = drafting.of_case(case, "ask")
    panel = Panel(_("Ask behind the scenes"), _("Ask"), address, form, **kept)

    def verb() -> str:
        asked = domain.ask(case_id=case.pk, actor=request.user, question=form.question())
        if asked.address:
            return _("The question is on its way, with a link to answer it.")
        return _("The question is noted. Ask them, and put the answer on record.")

    return _run(request, case, panel, verb)


@require_http_methods(["GET", "POST"])
@agent_required
def answer(request: DeskRequest, pk: int) -> HttpResponse:
    """Put on record what somebody answered who was asked by phone."""
    mine = Inquiry.objects.filter(promise__in=Promise.objects.writable_by(request.user))
    asked = mine.filter(pk=pk).select_related("promise__case__customer").first()
    if asked is None:
        raise Http404
    form = RecordForm(request.POST or None, initial={"by": asked.name})
    title = _("What did they answer? %(name)s") % {"name": asked.name}
    address = reverse("desk:answer_inquiry", args=[pk])
    kept = drafting.of_promise(request.user, asked.promise_id, "answer")
    panel = Panel(title, _("Put on record"), address, form, **kept)

    def verb() -> str:
        domain.answer_inquiry(inquiry_id=pk, actor=request.user, **form.cleaned_data)
        return _("The answer is on record.")

    box = drafting.page_box(request.user, "answer", asked.promise_id)
    return _run(request, asked.promise.case, panel, verb, box)


@require_http_methods(["GET", "POST"])
@agent_required
def estimate(request: DeskRequest, number: str) -> HttpResponse:
    case = find_writable_case(request, number)
    form = EstimateForm(request.POST) if request.method == "POST" else EstimateForm.of(case)
    address = reverse("desk:estimate", args=[number])
    panel = Panel(_("Expected to work again"), _("Save and tell the customer"), address, form)

    def verb() -> str:
        told = domain.set_estimate(case_id=case.pk, actor=request.user, **form.cleaned_data).told
        return _("Saved, and the customer is told.") if told else _("Saved. Tell them yourself.")

    return _run(request, case, panel, verb)


@require_http_methods(["GET", "POST"])
@agent_required
def senior(request: DeskRequest, number: str) -> HttpResponse:
    case = find_writable_case(request, number)
    form = SeniorForm(request.POST or None)
    address = reverse("desk:senior", args=[number])
    kept = drafting.of_case(case, "senior")
    said = _("A wish for somebody senior")
    panel = Panel(said, _("Promise it"), address, form, template=WARNED, **kept)

    def verb() -> str:
        values = {"reason": form.cleaned_data["reason"], "due_at": form.cleaned_data["due_at"]}
        made = domain.wish_for_senior(case_id=case.pk, actor=request.user, **values)
        owner = made.owner.name if made.owner else ""
        return _("%(name)s owes the customer a word now.") % {"name": owner}

    return _run(request, case, panel, verb)


def _run(
    request: DeskRequest,
    case: Case,
    panel: Panel,
    verb: Callable[[], str],
    box: Box | None = None,
) -> HttpResponse:
    """Show a panel, or run its verb; a refusal stands at the field it is about, as typed.

    The draft lies in ``box`` where it is not the case's own.
    """
    form, status = panel.form, 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and isinstance(form, SeniorForm) and form.warn(_against(case, form)):
            panel = replace(panel, deed=_("Promise it all the same"))
        elif form.is_valid():
            try:
                with transaction.atomic():
                    said = verb()
                    if panel.drafts:
                        drafting.finish(request, box or Box(request.user, panel.composer, case))
            except (CaseError, ChannelError) as refusal:
                field = getattr(refusal, "field", "")
                at: Any = field if field in form.fields else _only_time(form.fields, field)
                form.add_error(at, str(refusal))
            else:
                messages.success(request, " ".join([said, *_notes(form)]))
                return casepage.show_changed(request, case.number)
    found = find_case(request, case.number)
    return casepage.show_part(request, found, "panel", status=status, panel=panel)


def _against(case: Case, form: SeniorForm) -> list[domain.PromiseWarning]:
    due_at = form.cleaned_data["due_at"] or domain.senior_due(case)
    return domain.warnings_for(case, kind=domain.SENIOR, due_at=due_at)


def _notes(form: Form) -> list[str]:
    return form.notes() if isinstance(form, DeskForm) else []


def _only_time(fields: Any, field: str) -> str | None:
    """The estimate's own time is what a refusal of a due time is about there."""
    return "restored_at" if field == "due_at" and "restored_at" in fields else None
