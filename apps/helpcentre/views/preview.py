"""What the customer sees, for whoever may see the case."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.models import User
from apps.cases.errors import CaseError
from apps.cases.models import Case
from apps.helpcentre import greeting
from apps.helpcentre.domain import entering
from apps.helpcentre.sessions import private
from apps.helpcentre.views.inside import page_of


@require_safe
@private
@login_required
def preview(request: HttpRequest, number: str) -> HttpResponse:
    """The customer's page without its forms: what they say is theirs to say."""
    readable = Case.objects.visible_to(_user(request)).select_related("owner", "customer")
    case = readable.by_number(number).first()
    if case is None:
        raise Http404
    writable = Case.objects.writable_by(_user(request)).filter(pk=case.pk).exists()
    with timezone.override(greeting.zone_of(case.customer)):
        context = page_of(case) | {"preview": True, "address": entering.address_of(case)}
        return render(request, "helpcentre/request.html", context | {"writable": writable})


@require_http_methods(["GET", "HEAD", "POST"])
@private
@login_required
def turn(request: HttpRequest, number: str) -> HttpResponse:
    """Make the links that were sent worthless."""
    case = Case.objects.writable_by(_user(request)).by_number(number).first()
    if case is None:
        raise Http404
    if request.method == "POST":
        try:
            entering.turn_links(case_id=case.pk, actor=_user(request))
        except CaseError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The links that were sent open nothing any more."))
    return redirect("helpcentre:preview", case.number)


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)
