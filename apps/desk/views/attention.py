from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.cases.errors import CaseError
from apps.cases.models import Case
from apps.channels import domain as channels
from apps.channels.enums import InboundState
from apps.channels.errors import ChannelError
from apps.channels.models import Delivery, InboundMessage
from apps.desk import casepage, troubles
from apps.desk.access import DeskRequest, agent_required

DEEDS: dict[str, tuple[Callable[..., Any], str]] = {
    "retry": (channels.retry_delivery, "queued"),
    "cancel": (channels.cancel_delivery, "cancelled"),
    "settle": (channels.settle_delivery, "settled"),
}


@require_safe
@agent_required
def attention(request: DeskRequest) -> HttpResponse:
    context = {"section": "attention", "troubles": troubles.find(request.user)}
    part = "#troubles" if request.htmx and request.htmx.target == "troubles" else ""
    return render(request, f"desk/attention.html{part}", context)


@require_POST
@agent_required
def retry_input(request: DeskRequest, pk: int) -> HttpResponse:
    try:
        inbound = channels.retry(inbound_id=pk, actor=request.user)
    except InboundMessage.DoesNotExist as error:
        raise Http404 from error
    except ChannelError as refusal:
        messages.warning(request, str(refusal))
    else:
        if inbound.state == InboundState.ACCEPTED:
            messages.success(request, _("Understood now: it stands in its case."))
        else:
            messages.warning(request, inbound.reason or _("It could not be understood again."))
    return redirect("desk:attention")


@require_POST
@agent_required
def delivery(request: DeskRequest, pk: int, deed: str) -> HttpResponse:
    found = Delivery.objects.select_related("interaction__case").filter(pk=pk).first()
    if found is None or deed not in DEEDS or not _concerns(request, found):
        raise Http404
    verb, done = DEEDS[deed]
    try:
        changed = verb(delivery_id=pk, actor=request.user)
    except (CaseError, ChannelError) as refusal:
        messages.warning(request, str(refusal))
    else:
        said = {
            "queued": _("On its way again."),
            "cancelled": changed.detail or _("Cancelled, nothing was sent."),
            "settled": _("Taken off the list."),
        }
        messages.success(request, said[done])
    if request.htmx and request.htmx.target == "conv":
        return casepage.show_changed(request, found.interaction.case.number)
    return _back(request, found.interaction.case)


def _concerns(request: DeskRequest, found: Delivery) -> bool:
    """Whether the person may steer it: by their account, or by their case."""
    own = Delivery.objects.visible_to(request.user).filter(pk=found.pk).exists()
    case = found.interaction.case
    return own or Case.objects.writable_by(request.user).filter(pk=case.pk).exists()


def _back(request: DeskRequest, case: Case) -> HttpResponse:
    if request.POST.get("back") == "attention":
        return redirect("desk:attention")
    return casepage.show_changed(request, case.number)
