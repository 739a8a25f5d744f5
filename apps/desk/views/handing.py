"""Answering whether one takes a case over, and taking that question back."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from apps.cases import domain
from apps.cases.errors import CaseError
from apps.cases.models import Case, CaseOffer
from apps.desk import casepage
from apps.desk.access import (
    DeskRequest,
    agent_required,
    find_case,
    find_writable_case,
    require_press,
)
from apps.desk.forms.handing import DeclineForm


@require_press("desk:inbox")
@agent_required
def answer(request: DeskRequest, number: str, deed: str) -> HttpResponse:
    """Accept or decline what one was asked, or withdraw what was asked of somebody else."""
    if deed not in DEEDS:
        raise Http404
    case = (
        find_writable_case(request, number) if deed == "withdraw" else _find_asked(request, number)
    )
    offer = CaseOffer.objects.filter(case=case).order_by("-pk").first()
    form = DeclineForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        if offer is None:
            raise Http404
        DEEDS[deed](offer.pk, request, reason)
    except CaseError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _SAID[deed]())
    return casepage.show_changed(request, case.number)


def _find_asked(request: DeskRequest, number: str) -> Case:
    """A case that the person was asked to take over; else 404, also for those who may read it."""
    case = find_case(request, number)
    if not CaseOffer.objects.filter(case=case, to=request.user).exists():
        raise Http404
    return case


def _accept(pk: int, request: DeskRequest, _reason: str) -> None:
    domain.accept_offer(offer_id=pk, actor=request.user)


def _decline(pk: int, request: DeskRequest, reason: str) -> None:
    domain.decline_offer(offer_id=pk, actor=request.user, reason=reason)


def _withdraw(pk: int, request: DeskRequest, _reason: str) -> None:
    domain.withdraw_offer(offer_id=pk, actor=request.user)


DEEDS: dict[str, Callable[[int, DeskRequest, str], None]] = {
    "accept": _accept,
    "decline": _decline,
    "withdraw": _withdraw,
}
_SAID: dict[str, Callable[[], str]] = {
    "accept": lambda: _("The case is yours."),
    "decline": lambda: _("Declined: the case stays where it is."),
    "withdraw": lambda: _("Withdrawn: the case stays where it is."),
}
