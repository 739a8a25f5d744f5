"""Merging and splitting cases, and who takes part in them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from apps.cases import domain
from apps.cases.errors import CaseError
from apps.cases.models import Case
from apps.channels import domain as channels
from apps.desk import casepage
from apps.desk.access import (
    DeskRequest,
    agent_required,
    find_case,
    find_writable_case,
    require_press,
)
from apps.desk.forms.lists import read_choice
from apps.desk.forms.merging import MergeForm, ParticipantsForm, SplitForm
from apps.desk.views import drafting
from apps.desk.views.actions import Panel


@require_http_methods(["GET", "POST"])
@agent_required
def merge(request: DeskRequest, number: str) -> HttpResponse:
    case = find_writable_case(request, number)
    form = MergeForm(request.POST or None, case=case, user=request.user)
    if form.is_valid() and form.target is not None:
        try:
            with transaction.atomic():
                into = domain.merge_case(
                    case_id=case.pk, into_id=form.target.pk, actor=request.user, terms=form.terms()
                )
                drafting.finish_in(request, case, "merge")
        except CaseError as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("%(number)s goes on here.") % {"number": case.number}
            messages.success(request, said, extra_tags=f"unmerge-{case.number}")
            return _go(request, into)
    address = reverse("desk:merge", args=[number])
    kept = drafting.of_case(case, "merge")
    return _show(
        request, case, Panel(_("Merge into another case"), _("Merge"), address, form, **kept)
    )


@require_press("desk:inbox")
@agent_required
def unmerge(request: DeskRequest, number: str) -> HttpResponse:
    case = find_writable_case(request, number)
    into = case.merged_into
    try:
        domain.unmerge_case(case_id=case.pk, actor=request.user)
    except CaseError as refusal:
        readable = Case.objects.visible_to(request.user)
        stays = into is not None and readable.filter(pk=into.pk).exists()
        # the refusal names the other case
        said = str(refusal) if stays or into is None else _("This merge cannot be undone any more.")
        messages.warning(request, said)
        return _go(request, into if into is not None and stays else case)
    messages.success(request, _("The merge is undone."))
    return _go(request, case)


@require_http_methods(["GET", "POST"])
@agent_required
def split(request: DeskRequest, number: str) -> HttpResponse:
    case = find_writable_case(request, number)
    form = SplitForm(request.POST or None, case=case)
    if form.is_valid():
        chosen = [one.pk for one in form.cleaned_data["interactions"]]
        subject = form.cleaned_data["subject"]
        try:
            with transaction.atomic():
                new = domain.split_case(
                    case_id=case.pk, actor=request.user, interactions=chosen, subject=subject
                )
                drafting.finish_in(request, case, "split")
        except CaseError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Split off %(number)s.") % {"number": case.number})
            return _go(request, new)
    address = reverse("desk:split", args=[number])
    kept = drafting.of_case(case, "split")
    return _show(
        request, case, Panel(_("Split off another matter"), _("Split"), address, form, **kept)
    )


@require_http_methods(["GET", "POST"])
@agent_required
def participants(request: DeskRequest, number: str) -> HttpResponse:
    case = find_writable_case(request, number)
    form = ParticipantsForm(request.POST or None, case=case)
    if form.is_valid():
        try:
            _seat(request, case, form.cleaned_data)
        except CaseError as refusal:
            form.add_error(None, str(refusal))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return casepage.show_changed(request, case.number)
    address = reverse("desk:participants", args=[number])
    kept = drafting.of_case(case, "seats")
    return _show(request, case, Panel(_("Who takes part"), _("Save"), address, form, **kept))


@transaction.atomic
def _seat(request: DeskRequest, case: Case, values: dict[str, Any]) -> None:
    actor = request.user
    for seat in values.get("leaving", ()):
        domain.dismiss_participant(participant_id=seat.pk, actor=actor)
    for asked in values.get("asked", ()):
        channels.ask_no_more(consulted_id=asked.pk, actor=actor)
    if address := values["address"]:
        domain.invite_participant(
            case_id=case.pk, actor=actor, kind="email", value=address, name=values["name"]
        )
    drafting.finish_in(request, case, "seats")


def _show(request: DeskRequest, case: Case, panel: Panel) -> HttpResponse:
    """The panel, with what cannot be done beside what was typed."""
    status = 422 if panel.form.is_bound else 200
    found = find_case(request, case.number)
    return casepage.show_part(request, found, "panel", status=status, panel=panel)


def _go(request: DeskRequest, case: Case) -> HttpResponse:
    """To the page of another case, as a whole."""
    address = reverse("desk:case", args=[case.number]) + read_choice(request.GET).query()
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
