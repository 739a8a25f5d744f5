"""What was set aside, and the lists of blocked and allowed senders."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.cases.errors import CaseError
from apps.channels import domain as channels
from apps.channels.models import SenderRule
from apps.desk import screened
from apps.desk.access import DeskRequest, agent_required, require_press
from apps.desk.forms.attention import SenderForm


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
def spam(request: DeskRequest) -> HttpResponse:
    """Cases marked as spam, inputs not taken in, and senders; leads add to these."""
    user = request.user
    keeps = user.is_superuser or bool(user.led_team_ids)
    if request.method == "POST" and not keeps:
        raise Http404
    form = SenderForm(request.POST or None, user=user) if keeps else None
    if request.method == "POST" and form and form.is_valid():
        try:
            channels.set_sender_rule(actor=user, **form.cleaned_data)
        except CaseError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Added to the list of senders."))
            return redirect("desk:spam")
    context = {"section": "attention", "screened": screened.find(user), "form": form}
    return render(request, "desk/spam.html", context, status=422 if request.POST else 200)


@require_press("desk:spam")
@agent_required
def forget_rule(request: DeskRequest, pk: int) -> HttpResponse:
    try:
        channels.remove_sender_rule(rule_id=pk, actor=request.user)
    except SenderRule.DoesNotExist as error:
        raise Http404 from error
    except CaseError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Taken off the list of senders."))
    return redirect("desk:spam")
