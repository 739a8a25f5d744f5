"""What a person sets for themselves. Theme and language work before the log-in, too."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts import domain as accounts
from apps.accounts.enums import Presence, Theme
from apps.accounts.models import Absence, User
from apps.desk import drafts
from apps.desk.access import DeskRequest, agent_required, require_press
from apps.desk.drafts import Mark
from apps.desk.forms.helping import SkillForm
from apps.desk.forms.notifications import WishForm
from apps.desk.forms.people import (
    AbsenceForm,
    LanguageForm,
    PresenceForm,
    ProfileForm,
    ThemeForm,
)
from apps.notifications.domain import follow_clock

THEME_COOKIE_AGE = timedelta(days=365)


@require_http_methods(["GET", "POST"])
@agent_required
def profile(request: DeskRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST":
        if form.is_valid():
            with transaction.atomic():
                form.save()
                follow_clock(user=request.user)
                _finish(request, "profile")
            spoken = translation.get_language_from_request(request)
            translation.activate(request.user.language or spoken)
            messages.success(request, _("Saved."))
            return _with_theme(redirect("desk:profile"), request.user.theme)
        request.user.refresh_from_db()
    return show_profile(request, form=form)


@require_press("desk:home")
@agent_required
def presence(request: DeskRequest) -> HttpResponse:
    form = PresenceForm(request.POST)
    if form.is_valid():
        chosen = Presence(form.cleaned_data["presence"])
        accounts.set_presence(user=request.user, presence=chosen)
        messages.success(request, _("You are: %(presence)s.") % {"presence": chosen.label})
    return _back(request)


@require_press("desk:profile")
@agent_required
def add_absence(request: DeskRequest) -> HttpResponse:
    form = AbsenceForm(request.POST)
    if not form.is_valid():
        return show_profile(request, absence=form)
    with transaction.atomic():
        accounts.add_absence(user=request.user, **form.cleaned_data)
        _finish(request, "absence")
    messages.success(request, _("Noted: rules give you no case in that time."))
    return redirect("desk:profile")


@require_press("desk:profile")
@agent_required
def remove_absence(request: DeskRequest, pk: int) -> HttpResponse:
    try:
        accounts.remove_absence(user=request.user, absence_id=pk)
    except Absence.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Removed."))
    return redirect("desk:profile")


def show_profile(
    request: DeskRequest,
    *,
    form: ProfileForm | None = None,
    absence: AbsenceForm | None = None,
    wish: WishForm | None = None,
    skill: SkillForm | None = None,
) -> HttpResponse:
    """The page, with the form that comes back to be mended."""
    form = form or ProfileForm(instance=request.user)
    absence = absence or AbsenceForm()
    wish = wish or WishForm(user=request.user)
    skill = skill or SkillForm()
    context = {
        "section": "profile",
        "form": form,
        "absence": absence,
        "wish": wish,
        "skill": skill,
        "skills": request.user.skills.select_related("skill"),
        "profile_draft": drafts.of_page(drafts.page_box(request.user, "profile")),
        "absence_draft": drafts.of_page(drafts.page_box(request.user, "absence")),
        "absences": request.user.absences.not_over(timezone.now()),
    }
    refused = any(one.errors for one in (form, absence, wish, skill))
    status = 422 if refused else 200
    return render(request, "desk/profile.html", context, status=status)


def _finish(request: DeskRequest, page: str) -> None:
    """Forget the draft of a form of this page, which was taken."""
    mark = Mark.parse(request.POST.get("drafted", ""))
    drafts.finish(box=drafts.page_box(request.user, page), mark=mark)


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
