"""What a person sets for themselves. Theme and language work before the log-in, too."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.enums import Theme
from apps.accounts.models import User
from apps.desk.access import DeskRequest, agent_required, require_press
from apps.desk.forms.people import LanguageForm, ProfileForm, ThemeForm

THEME_COOKIE_AGE = timedelta(days=365)


@require_http_methods(["GET", "POST"])
@agent_required
def profile(request: DeskRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            form.save()
            translation.activate(request.user.language or settings.LANGUAGE_CODE)
            messages.success(request, _("Saved."))
            return _with_theme(redirect("desk:profile"), request.user.theme)
        status = 422
        request.user.refresh_from_db()
    return render(request, "desk/profile.html", {"section": "profile", "form": form}, status=status)


@require_press("desk:home")
def theme(request: HttpRequest) -> HttpResponse:
    form = ThemeForm(request.POST)
    chosen = form.cleaned_data["theme"] if form.is_valid() else Theme.SYSTEM
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(theme=chosen)
    return _with_theme(_back(request), chosen)


@require_press("desk:home")
def language(request: HttpRequest) -> HttpResponse:
    form = LanguageForm(request.POST)
    response = _back(request)
    if not form.is_valid():
        return response
    chosen = form.cleaned_data["language"]
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(language=chosen)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=THEME_COOKIE_AGE,
        secure=request.is_secure(),
        samesite="Lax",
    )
    return response


def _with_theme(response: HttpResponse, chosen: str) -> HttpResponse:
    if chosen:
        response.set_cookie("theme", chosen, max_age=THEME_COOKIE_AGE, samesite="Lax")
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


def _back(request: HttpRequest) -> HttpResponse:
    """Where the person came from, if that is a page of ours that can be asked for."""
    referer = request.headers.get("Referer", "")
    local = url_has_allowed_host_and_scheme(
        referer, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(referer if local and _is_page(urlsplit(referer).path) else "/")


def _is_page(path: str) -> bool:
    """Whether an address shows something, or only takes presses."""
    try:
        view = resolve(path).func
    except Resolver404:
        return False
    return not getattr(view, "only_pressed", False)
