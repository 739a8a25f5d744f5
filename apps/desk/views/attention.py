from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.cases.errors import CaseError
from apps.channels import domain as channels
from apps.channels.enums import InboundState
from apps.channels.errors import ChannelError
from apps.channels.models import Delivery, InboundMessage
from apps.desk import accounts as states
from apps.desk import bulk as many
from apps.desk import casepage, troubles
from apps.desk.access import DeskRequest, agent_required, require_press
from apps.desk.forms.attention import BulkForm


@require_safe
@agent_required
def attention(request: DeskRequest) -> HttpResponse:
    context = {"section": "attention", "troubles": troubles.find(request.user)}
    return render(request, "desk/attention.html", context)


@require_safe
@agent_required
def accounts(request: DeskRequest) -> HttpResponse:
    context = {"section": "attention", "states": states.find(request.user)}
    return render(request, "desk/accounts.html", context)


@require_press("desk:attention")
@agent_required
def bulk(request: DeskRequest) -> HttpResponse:
    form = BulkForm(request.POST)
    if not form.is_valid():
        messages.warning(request, str(next(iter(form.errors.values()))[0]))
        return redirect("desk:attention")
    values = form.cleaned_data
    tally = many.act(
        request.user, values["deed"], deliveries=values["delivery"], inputs=values["input"]
    )
    tell = messages.warning if tally.refused else messages.success
    tell(request, tally.say(values["deed"]))
    return redirect("desk:attention")


@require_press("desk:attention")
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
    return redirect("desk:spam" if request.POST.get("back") == "spam" else "desk:attention")


@require_press("desk:attention")
@agent_required
def set_aside(request: DeskRequest, pk: int) -> HttpResponse:
    try:
        channels.set_input_aside(inbound_id=pk, actor=request.user)
    except InboundMessage.DoesNotExist as error:
        raise Http404 from error
    except ChannelError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Set aside. It stands under Spam and can be tried again."))
    return redirect("desk:attention")


@require_press("desk:attention")
@agent_required
def delivery(request: DeskRequest, pk: int, deed: str) -> HttpResponse:
    found = Delivery.objects.select_related("interaction__case").filter(pk=pk).first()
    if found is None or deed not in many.DELIVERY_DEEDS or not many.concerns(request.user, found):
        raise Http404
    try:
        changed = many.DELIVERY_DEEDS[deed](delivery_id=pk, actor=request.user)
    except (CaseError, ChannelError) as refusal:
        messages.warning(request, str(refusal))
    else:
        said = {
            "retry": _("On its way again."),
            "cancel": changed.detail or _("Cancelled, nothing was sent."),
            "settle": _("Taken off the list."),
        }
        messages.success(request, said[deed])
    about = found.interaction
    if about is None or request.POST.get("back") == "attention":
        return redirect("desk:attention")
    return casepage.show_changed(request, about.case.number)
