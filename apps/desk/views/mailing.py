"""What mail needs beside answering: taking back, forwarding, spam and blocked senders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.cases import domain as cases
from apps.cases.errors import CaseError
from apps.cases.models import Case, Interaction
from apps.channels import domain as channels
from apps.channels.errors import ChannelError
from apps.channels.models import Delivery
from apps.desk import casepage, forwarding, uploads
from apps.desk.access import (
    DeskRequest,
    agent_required,
    find_case,
    find_writable_case,
    require_press,
)
from apps.desk.forms.composing import ReplyForm
from apps.desk.forms.forwarding import ForwardForm
from apps.desk.sending import as_written
from apps.desk.views.actions import Panel

DEEDS: dict[str, Callable[..., Any]] = {
    "spam": channels.mark_spam,
    "not-spam": channels.unmark_spam,
    "block": channels.block_sender,
    "unblock": channels.unblock_sender,
}


@require_press("desk:inbox")
@agent_required
def undo(request: DeskRequest, pk: int) -> HttpResponse:
    """Take an answer back and put its words into the composer again."""
    writable = Case.objects.writable_by(request.user).values("pk")
    held = Delivery.objects.filter(pk=pk, interaction__case__in=writable)
    found = held.select_related("interaction__case").first()
    if found is None or found.interaction is None:
        raise Http404
    number = found.interaction.case.number
    try:
        undone = channels.undo_delivery(delivery_id=pk, actor=request.user)
    except (CaseError, ChannelError) as refusal:
        messages.warning(request, str(refusal))
        return casepage.show_changed(request, number)
    messages.success(request, _("Taken back, nothing was sent."))
    if undone.interaction.is_internal:
        return casepage.show_changed(request, number)
    pictures = uploads.take_back(request.user, undone.interaction)
    typed = {
        "to": ", ".join(undone.to),
        "cc": ", ".join(undone.cc),
        "text": undone.text,
        "html": uploads.to_addresses(undone.html, pictures),
        "later": as_written(undone.held_until),
    }
    form = ReplyForm(initial=typed | {"seen": undone.interaction.pk})
    return casepage.show(request, find_case(request, number), reply=form, mode="reply")


@require_http_methods(["GET", "POST"])
@agent_required
def forward(request: DeskRequest, number: str) -> HttpResponse:
    case = find_writable_case(request, number)
    form = ForwardForm(request.POST or None, case=case)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                forwarding.send_forward(case=case, actor=request.user, values=form.cleaned_data)
            except (CaseError, ChannelError) as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Goes out in ten seconds."))
                return casepage.show_changed(request, number)
    address = reverse("desk:forward", args=[number])
    panel = Panel(_("Forward to somebody outside"), _("Forward"), address, form)
    found = find_case(request, number)
    return casepage.show_part(request, found, "panel", status=status, panel=panel)


@require_press("desk:inbox")
@agent_required
def promote(request: DeskRequest, pk: int) -> HttpResponse:
    writable = Case.objects.writable_by(request.user).values("pk")
    found = Interaction.objects.filter(case__in=writable).select_related("case")
    interaction = found.filter(pk=pk).first()
    if interaction is None:
        raise Http404
    try:
        cases.promote_interaction(interaction_id=pk, actor=request.user)
    except Interaction.DoesNotExist as error:
        raise Http404 from error
    except CaseError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("A public part of the case now."))
    return casepage.show_changed(request, interaction.case.number)


@require_press("desk:inbox")
@agent_required
def screen(request: DeskRequest, number: str, deed: str) -> HttpResponse:
    case = find_writable_case(request, number)
    if deed not in DEEDS:
        raise Http404
    said = {
        "spam": _("Set aside as spam. It stands under Spam and can be taken back."),
        "not-spam": _("Taken back from spam."),
        "block": _("Nothing more is taken from this sender."),
        "unblock": _("This sender's mail is taken again."),
    }
    try:
        DEEDS[deed](case_id=case.pk, actor=request.user)
    except (CaseError, ChannelError) as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, said[deed])
    return casepage.show_changed(request, number)
