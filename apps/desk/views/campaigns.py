"""Return visits: calling or visiting each customer of a list, and what it brought."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts import rules as people
from apps.cases.errors import CaseError
from apps.desk import campaigns as pages
from apps.desk.access import DeskRequest, agent_required, require_press
from apps.desk.casepage import read_key
from apps.desk.forms.campaigns import DIALS, CampaignForm, DialForm, OutcomeForm
from apps.desk.views import drafting
from apps.promises import domain
from apps.promises.enums import Outcome
from apps.promises.models import Campaign, Visit

SHOWN = 50


@require_safe
@agent_required
def campaigns(request: DeskRequest) -> HttpResponse:
    page = pages.list_campaigns(request.user, read_key(request.GET.get("after")))
    context = {"section": "campaigns", "page": page, "may_start": _leads_any(request)}
    return render(request, "desk/campaigns.html", context)


@require_http_methods(["GET", "POST"])
@agent_required
def new(request: DeskRequest) -> HttpResponse:
    """Plan a campaign; ``look`` shows whom it would call, ``start`` starts it."""
    if not _leads_any(request):
        raise PermissionDenied
    posted = request.method == "POST"
    box = drafting.page_box(request.user, "campaign")
    form = CampaignForm(request.POST if posted else None, user=request.user)
    if form.is_valid() and "start" in request.POST:
        try:
            with transaction.atomic():
                made = domain.start_campaign(
                    actor=request.user, plan=form.plan(), customers=form.found
                )
                drafting.finish(request, box)
        except CaseError as refusal:
            field = getattr(refusal, "field", "")
            form.add_error(field if field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The campaign has begun."))
            return redirect("desk:campaign", made.pk)
    context = {
        "section": "campaigns",
        "form": form,
        "looked": posted,
        "found": form.found[:SHOWN],
        "count": len(form.found),
        "most": domain.MOST,
        **drafting.of_page(request.user, "campaign"),
    }
    return render(request, "desk/campaign_new.html", context, status=422 if form.errors else 200)


@require_safe
@agent_required
def campaign(request: DeskRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    report, bars = pages.report(found)
    context = {
        "section": "campaigns",
        "campaign": found,
        "report": report,
        "bars": bars,
        "page": pages.queue(found, request.user, read_key(request.GET.get("after"))),
        "dials": [(one.value, one.label) for one in DIALS],
        "sure": read_key(request.GET.get("sure")),
        "may_end": found.ended_at is None and people.leads(request.user, found.team_id),
    }
    return render(request, "desk/campaign.html", context)


@require_press("desk:campaigns")
@agent_required
def end(request: DeskRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    if not people.leads(request.user, found.team_id):
        raise Http404
    verb = lambda: domain.end_campaign(campaign_id=pk, actor=request.user)  # noqa: E731
    return _do(request, pk, verb, _("The campaign has ended: nobody else is called."))


@require_safe
@agent_required
def export(request: DeskRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    response = HttpResponse(pages.export(found, request.user), content_type="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="campaign-{found.pk}.csv"'
    return response


@require_press("desk:campaigns")
@agent_required
def finish(request: DeskRequest, pk: int) -> HttpResponse:
    visit = _find_visit(request, pk)
    form = OutcomeForm(request.POST)
    outcome = form.cleaned_data["outcome"] if form.is_valid() else ""

    def verb() -> None:
        domain.finish_visit(visit_id=visit.pk, actor=request.user, outcome=outcome)

    return _do(request, visit.campaign_id, verb, _("Noted: %(what)s.") % {"what": outcome})


@require_press("desk:campaigns")
@agent_required
def attempt(request: DeskRequest, pk: int) -> HttpResponse:
    visit = _find_visit(request, pk)
    form = DialForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Say how the call went."))
        return redirect("desk:campaign", visit.campaign_id)
    outcome = Outcome(form.cleaned_data["outcome"])
    against = domain.warnings_for_attempt(visit.promise.case, outcome)
    if against and not form.cleaned_data["sure"]:
        messages.warning(request, against[0].text)
        return redirect(f"{reverse('desk:campaign', args=[visit.campaign_id])}?sure={visit.pk}")

    def verb() -> None:
        domain.record_attempt(promise_id=visit.promise_id, actor=request.user, outcome=outcome)

    return _do(request, visit.campaign_id, verb, _("Noted: %(what)s.") % {"what": outcome.label})


def _do(request: DeskRequest, pk: int, verb: Callable[[], Any], said: str) -> HttpResponse:
    try:
        verb()
    except CaseError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("desk:campaign", pk)


def _find(request: DeskRequest, pk: int) -> Campaign:
    mine = Campaign.objects.visible_to(request.user).select_related("team", "made_by")
    found = mine.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _find_visit(request: DeskRequest, pk: int) -> Visit:
    found = (
        Visit.objects.writable_by(request.user)
        .filter(pk=pk)
        .select_related("promise__case")
        .first()
    )
    if found is None:
        raise Http404
    return found


def _leads_any(request: DeskRequest) -> bool:
    return bool(request.user.is_superuser or request.user.led_team_ids)
