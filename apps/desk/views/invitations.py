"""Asking people into a team, by those who lead it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts import domain as accounts
from apps.accounts.errors import AccountError
from apps.accounts.models import Invitation
from apps.desk.access import DeskRequest, agent_required, require_press
from apps.desk.forms.people import InviteForm

SHOWN = 100
DEEDS: dict[str, Callable[..., Any]] = {
    "resend": accounts.resend_invitation,
    "revoke": accounts.revoke_invitation,
}


@require_http_methods(["GET", "POST"])
@agent_required
def people(request: DeskRequest) -> HttpResponse:
    if not (request.user.is_superuser or request.user.led_team_ids):
        raise PermissionDenied
    initial = {"language": translation.get_language()}
    form = InviteForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = accounts.invite(actor=request.user, **form.cleaned_data)
        except AccountError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Invited: %(email)s.") % {"email": made.email})
            return redirect("desk:people")
    mine = Invitation.objects.visible_to(request.user).pending()
    context = {
        "section": "people",
        "form": form,
        "invitations": mine.select_related("team", "invited_by")[:SHOWN],
        "now": timezone.now(),
    }
    return render(request, "desk/people.html", context, status=422 if form.errors else 200)


@require_press("desk:people")
@agent_required
def invitation(request: DeskRequest, pk: int, deed: str) -> HttpResponse:
    mine = Invitation.objects.visible_to(request.user).filter(pk=pk)
    if deed not in DEEDS or not mine.exists():
        raise Http404
    try:
        DEEDS[deed](invitation_id=pk, actor=request.user)
    except AccountError as refusal:
        messages.warning(request, str(refusal))
    else:
        said = {
            "resend": _("Sent again: the link before is dead."),
            "revoke": _("Revoked: the link opens nothing."),
        }
        messages.success(request, said[deed])
    return redirect("desk:people")
