from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.cases.errors import CaseError
from apps.cases.mentions import offer
from apps.cases.models import Case
from apps.channels.errors import ChannelError
from apps.desk import casepage, composing, drafts, ending, uploads
from apps.desk.access import (
    DeskRequest,
    agent_required,
    find_case,
    find_writable_case,
    require_press,
)
from apps.desk.composing import News
from apps.desk.drafts import Mark
from apps.desk.forms.composing import CallForm, Composed, NoteForm, ReplyForm
from apps.desk.submissions import is_done
from apps.desk.telling import tell, when_it_leaves
from apps.desk.uploads import Box


@require_press("desk:inbox")
@agent_required
def reply(request: DeskRequest, number: str) -> HttpResponse:
    case = find_writable_case(request, number)
    form = ReplyForm(request.POST, request.FILES, waiting=uploads.waiting(request.user, case))
    said = when_it_leaves(form.cleaned_data.get("later") if form.is_valid() else None)
    return _compose(request, case, form, composing.send_reply, said)


@require_press("desk:inbox")
@agent_required
def note(request: DeskRequest, number: str) -> HttpResponse:
    case = find_case(request, number)
    form = NoteForm(request.POST, request.FILES, waiting=uploads.waiting(request.user, case))
    return _compose(request, case, form, composing.leave_note, _("Noted for colleagues."))


@require_press("desk:inbox")
@agent_required
def call(request: DeskRequest, number: str) -> HttpResponse:
    case = find_writable_case(request, number)
    form = CallForm(request.POST)
    return _compose(request, case, form, composing.record_call, _("Put on record."))


@require_safe
@agent_required
def mentions(request: DeskRequest, number: str) -> HttpResponse:
    """Colleagues to choose from while a note names one."""
    case = find_case(request, number)
    offers = offer(case, request.user, request.GET.get("q", "")[:30])
    return render(request, "desk/_mentions.html", {"offers": offers})


def _compose(
    request: DeskRequest, case: Case, form: Composed, act: Callable[..., Any], said: str
) -> HttpResponse:
    box = Box(request.user, str(form.prefix), case)
    if is_sent(request, form, box):
        return casepage.show_changed(request, case.number)
    if form.is_valid():
        if news := composing.overtaken(case, request.user, form.cleaned_data):
            return _overtaken(request, case, form, box, news)
        if form.cleaned_data.get("reopen"):
            act = ending.reopening(act)
        try:
            made = act(case=case, actor=request.user, values=form.cleaned_data)
        except (CaseError, ChannelError) as refusal:
            form.add_error(None, str(refusal))
        else:
            tell(request, made, said, to=form.cleaned_data.get("to", ()))
            return casepage.show_changed(request, case.number)
    return _again(request, case, form, box)


def is_sent(request: DeskRequest, form: Composed, box: Box) -> bool:
    """Whether this press came before and its answer was lost; no words of it wait then."""
    if not is_done(user=request.user, key=request.POST.get(form.add_prefix("key"), "")):
        return False
    drafts.finish(box=box, mark=Mark.parse(request.POST.get(form.add_prefix("drafted"), "")))
    return True


def _again(request: DeskRequest, case: Case, form: Composed, box: Box) -> HttpResponse:
    """The composer with what was typed and attached."""
    keep_files(request, form, box)
    found = find_case(request, case.number)
    shown = {str(form.prefix): form, "mode": form.prefix}
    return casepage.show_part(request, found, "composer", status=422, **shown)


def keep_files(request: DeskRequest, form: Composed, box: Box) -> None:
    """Files that came with a refused form wait for its next press: browsers send them once."""
    name = form.add_prefix("attachments")
    if not (given := request.FILES.getlist(name)):
        return
    with contextlib.suppress(ValidationError):  # the form says so already
        uploads.keep(box, given, inline=False)


def _overtaken(
    request: DeskRequest, case: Case, form: Composed, box: Box, news: Sequence[News]
) -> HttpResponse:
    """Somebody spoke or closed the case: show it, keep the text; the next press goes through."""
    keep_files(request, form, box)
    data = request.POST.copy()
    for one in news:
        data[form.add_prefix(one.field)] = one.value
    again = type(form)(data, waiting=uploads.waiting(request.user, case))
    again.full_clean()
    for sentence in filter(None, (one.sentence for one in news)):
        again.add_error(None, sentence)
    found = find_case(request, case.number)
    shown = {str(form.prefix): again, "mode": form.prefix}
    return casepage.show(request, found, status=422, **shown)
