"""Canned replies: what one may use, change and insert."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.cases import domain
from apps.cases.errors import NotYoursToChange
from apps.cases.models import CannedReply
from apps.cases.placeholders import PLACEHOLDERS
from apps.desk import canned, drafts, newcases
from apps.desk.access import (
    DeskRequest,
    agent_required,
    find_canned,
    find_writable_case,
    require_press,
)
from apps.desk.canned import Offers
from apps.desk.drafts import Mark
from apps.desk.forms.canned import CannedReplyForm
from apps.desk.forms.drafts import CANNED


@require_safe
@agent_required
def replies(request: DeskRequest) -> HttpResponse:
    """All that the person may use, those first that they may change."""
    found = CannedReply.objects.visible_to(request.user).by_name()
    rows = [(one, canned.whose(one), one.can_be_changed_by(request.user)) for one in found]
    context = {"section": "canned", "rows": sorted(rows, key=lambda row: not row[2])}
    return render(request, "desk/canned.html", context)


@require_http_methods(["GET", "POST"])
@agent_required
def new(request: DeskRequest) -> HttpResponse:
    return _edit(request, CannedReply(owner=request.user))


@require_http_methods(["GET", "POST"])
@agent_required
def edit(request: DeskRequest, pk: int) -> HttpResponse:
    return _edit(request, find_canned(request, pk))


@require_press("desk:canned")
@agent_required
def delete(request: DeskRequest, pk: int) -> HttpResponse:
    domain.delete_canned(actor=request.user, reply_id=find_canned(request, pk).pk)
    messages.success(request, _("Deleted."))
    return redirect("desk:canned")


@require_safe
@agent_required
def pick(request: DeskRequest, number: str) -> HttpResponse:
    """What may be inserted into an answer in this case, or into a mail to somebody outside."""
    case = find_writable_case(request, number)
    outside = request.GET.get("for") == canned.FORWARD
    back = reverse("desk:forward" if outside else "desk:case", args=[case.number])
    carry = {"for": canned.FORWARD} if outside else {"compose": "reply"}
    return _offer(request, canned.offers_in(case, request.user, request.GET), back, carry)


@require_safe
@agent_required
def pick_for_new(request: DeskRequest, draft: UUID) -> HttpResponse:
    """What may be inserted into a mail that is to open a case, by what its form says so far."""
    found = newcases.offers(request.user, request.GET)
    carry = {key: request.GET[key] for key in ("customer",) if key in request.GET}
    return _offer(request, found, reverse("desk:begin", args=[draft]), carry)


def _offer(
    request: DeskRequest, found: Offers, back: str, carry: Mapping[str, str]
) -> HttpResponse:
    """A page, or the options alone; ``carry`` is what its links hand on."""
    context = {
        "section": "inbox",
        "back": f"{back}?{urlencode(carry)}" if carry else back,
        "carry": urlencode(carry),
        "back_with": f"{back}?{urlencode({**carry, 'language': found.language})}",
        "language": found.language,
        "languages": canned.LANGUAGES,
        "offers": found.options,
    }
    part = "#options" if request.htmx else ""
    return render(request, f"desk/canned_pick.html{part}", context)


def _edit(request: DeskRequest, reply: CannedReply) -> HttpResponse:
    form = CannedReplyForm(request.POST or None, instance=reply, user=request.user)
    box = drafts.page_box(request.user, CANNED, reply.pk)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                domain.save_canned(actor=request.user, reply_id=reply.pk, **form.wanted())
                drafts.finish(box=box, mark=Mark.parse(request.POST.get("drafted", "")))
        except NotYoursToChange as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:canned")
    context = {
        "section": "canned",
        "form": form,
        "reply": reply,
        "placeholders": PLACEHOLDERS.items(),
        "drafts": _draft_address(reply),
        "kept": drafts.of_page(box),
    }
    return render(request, "desk/canned_edit.html", context, status=422 if form.errors else 200)


def _draft_address(reply: CannedReply) -> str:
    if reply.pk:
        return reverse("desk:canned_draft", args=[reply.pk])
    return reverse("desk:page_draft", args=[CANNED])
