"""Accepting an invitation, and one's own sessions. The rest of /accounts/ is django-allauth's."""

from __future__ import annotations

from typing import cast

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts import devices, domain
from apps.accounts.domain import sessions
from apps.accounts.errors import AccountError
from apps.accounts.forms import AcceptForm
from apps.accounts.models import User

INVITATION = "invitation_token"


@require_GET
@never_cache
def invitation_link(request: HttpRequest, token: str) -> HttpResponse:
    """Keep the link's token in the session, so that no address and no Referer shows it on."""
    request.session[INVITATION] = token
    return redirect("account_invitation")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@never_cache
def invitation(request: HttpRequest) -> HttpResponse:
    token = request.session.get(INVITATION, "")
    try:
        found = domain.find_invitation(token)
    except AccountError as refusal:
        return _refuse(request, refusal)
    initial = {"language": found.language or get_language()}
    form = AcceptForm(request.POST or None, initial=initial)
    context = {"form": form, "invitation": found}
    if request.method != "POST":
        return render(request, "account/invitation.html", context)
    if not form.is_valid():
        return render(request, "account/invitation.html", context, status=422)
    try:
        user = domain.accept_invitation(token=token, person=form.person())
    except AccountError as refusal:
        return _refuse(request, refusal)
    return _log_in(request, user)


@login_required
@require_GET
@never_cache
def session_list(request: HttpRequest) -> HttpResponse:
    here = request.session.session_key
    rows = [
        (one, devices.describe(one.user_agent), one.session_key == here)
        for one in sessions.list_sessions(_own(request))
    ]
    return render(request, "usersessions/usersession_list.html", {"rows": rows})


@login_required
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        domain.end_session(user=_own(request), session_id=pk)
    except UserSession.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("That browser is logged out."))
    return redirect("account_sessions")


@login_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    domain.end_sessions(user=_own(request), keep=request.session.session_key or "")
    messages.success(request, _("Every other browser is logged out."))
    return redirect("account_sessions")


def _own(request: HttpRequest) -> User:
    return cast("User", request.user)


def _refuse(request: HttpRequest, refusal: AccountError) -> HttpResponse:
    request.session.pop(INVITATION, None)
    context = {"refusal": str(refusal)}
    return render(request, "account/invitation_over.html", context, status=410)


def _log_in(request: HttpRequest, user: User) -> HttpResponse:
    """Let the new person in by the ordinary stages of a log-in."""
    if request.user.is_authenticated:
        logout(request)
    request.session.pop(INVITATION, None)
    record_authentication(request, user, method="password", username=user.username)
    return perform_login(request, Login(user=user))
