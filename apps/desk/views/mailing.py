"""What mail needs beside answering: taking back, forwarding, spam and blocked senders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from apps.cases import domain as cases
from apps.cases.errors import CaseError
from apps.cases.models import Case, Interaction
from apps.channels import domain as channels
from apps.channels.errors import ChannelError
from apps.channels.models import Delivery
from apps.desk import canned, casepage, drafts, ending, forwarding, newcases, uploads
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
from apps.desk.telling import tell, when_it_leaves
from apps.desk.uploads import Box
from apps.desk.views.actions import Panel
from apps.desk.views.composing import is_sent, keep_files

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
        form = forwarding.write_again(user=request.user, undone=undone)
        shown = find_case(request, number)
        return casepage.show(request, shown, panel=_forward_panel(shown, form), undone="forward")
    if draft := newcases.take_back(user=request.user, undone=undone):
        address = reverse("desk:begin", args=[draft])
        return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
    return _reply_again(request, find_case(request, number), undone)


def _reply_again(request: DeskRequest, case: Case, undone: channels.Undone) -> HttpResponse:
    given = undone.interaction.attachments.order_by("pk")
    box = Box(request.user, "reply", case)
    pictures = uploads.take_back(box, given)
    typed = {
        "to": ", ".join(undone.to),
        "cc": ", ".join(undone.cc),
        "text": undone.text,
        "html": uploads.to_addresses(undone.html, pictures),
        "later": as_written(undone.held_until),
    }
    drafts.put_back(box=box, words=typed)
    form = ReplyForm(initial=typed | {"seen": undone.interaction.pk, "ended": ending.mark(case)})
    shown = find_case(request, case.number)  # with its draft now
    return casepage.show(request, shown, reply=form, mode="reply", undone="reply")


@require_http_methods(["GET", "POST"])
@agent_required
def forward(request: DeskRequest, number: str) -> HttpResponse:
    case = find_writable_case(request, number)
    box = Box(request.user, ForwardForm.prefix, case)
    if request.method != "POST":
        form = ForwardForm(case=case)
        if key := request.GET.get("canned"):
            asked = {**request.GET.dict(), "for": canned.FORWARD}
            canned.begin_with(form, canned.offers_in(case, request.user, asked), key)
        return _show_forward(request, number, form, 200)
    form = ForwardForm(request.POST, request.FILES, case=case, waiting=box.waiting())
    if is_sent(request, form, box):
        return casepage.show_changed(request, number)
    if form.is_valid():
        values = form.cleaned_data
        try:
            made = forwarding.send_forward(case=case, actor=request.user, values=values)
        except (CaseError, ChannelError) as refusal:
            form.add_error(None, str(refusal))
        else:
            tell(request, made, when_it_leaves(), to=values["to"])
            return casepage.show_changed(request, number)
    keep_files(request, form, box)
    return _show_forward(request, number, form, 422)


def _show_forward(
    request: DeskRequest, number: str, form: ForwardForm, status: int
) -> HttpResponse:
    found = find_case(request, number)
    panel = _forward_panel(found, form)
    return casepage.show_part(request, found, "panel", status=status, panel=panel)


def _forward_panel(case: Case, form: ForwardForm) -> Panel:
    args = [case.number, ForwardForm.prefix]
    return Panel(
        _("Forward to somebody outside"),
        _("Forward"),
        reverse("desk:forward", args=[case.number]),
        form,
        uploads=reverse("desk:uploads", args=args),
        drafts=reverse("desk:draft", args=args),
        composer=ForwardForm.prefix,
    )


@require_press("desk:inbox")
@agent_required
def send_status_link(request: DeskRequest, number: str) -> HttpResponse:
    """Let the customer have the link by which they follow their request."""
    case = find_writable_case(request, number)
    try:
        channels.send_status_link(case_id=case.pk, actor=request.user)
    except (CaseError, ChannelError) as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("The link is on its way to the customer."))
    return casepage.show_changed(request, number)


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
